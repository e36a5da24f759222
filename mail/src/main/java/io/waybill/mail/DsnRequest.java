package io.waybill.mail;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Asks servers to report what became of a message (RFC 3461); one that does not know how ignores
 * it.
 *
 * @param events when to report; empty means never
 * @param content how much of the message a report repeats; empty leaves it to the server
 * @param envelopeId what a report calls the message, 1 to 100 printable ASCII characters
 */
public record DsnRequest(
    Set<Notify> events, Optional<ReturnedContent> content, Optional<String> envelopeId) {
  private static final int MAX_ENVELOPE_ID = 100;

  /** An event that is worth a report. */
  public enum Notify {
    /** It arrived. */
    SUCCESS,
    /** It will never arrive. */
    FAILURE,
    /** It is late. */
    DELAY
  }

  /** How much of a message its report repeats. */
  public enum ReturnedContent {
    /** All of it. */
    FULL,
    /** Its headers. */
    HDRS
  }

  /**
   * Copies the set.
   *
   * @throws MailException.InvalidMessage if the envelope id is too long or not printable ASCII
   */
  public DsnRequest {
    events = Set.copyOf(events);
    Objects.requireNonNull(content, "content");
    envelopeId.ifPresent(
        id -> {
          FieldText.requireOnly(
              "dsn envelope id", id, c -> c >= ' ' && c <= '~', "holds what is no printable ASCII");
          if (id.isEmpty() || id.length() > MAX_ENVELOPE_ID) {
            throw new MailException.InvalidMessage(
                "dsn envelope id", -1, "is not 1 to " + MAX_ENVELOPE_ID + " characters");
          }
        });
  }

  /** Returns a request for these events, with everything else left to the server. */
  public static DsnRequest of(Notify first, Notify... others) {
    return new DsnRequest(EnumSet.of(first, others), Optional.empty(), Optional.empty());
  }

  /** Returns a request never to report. */
  public static DsnRequest never() {
    return new DsnRequest(Set.of(), Optional.empty(), Optional.empty());
  }
}

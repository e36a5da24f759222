package io.waybill.mail.mime;

import java.util.List;
import java.util.Optional;

/**
 * Says what became of an earlier message at each of its recipients (RFC 3464, RFC 6522), as far as
 * a mail server has written it down.
 *
 * @param originalMessageId of the message that is reported about, with its angle brackets
 * @param envelopeId what its sender called it, for {@code ENVID} (RFC 3461)
 * @param reportingServer who writes
 * @param recipients in the report's order; there may be none
 */
public record DeliveryReport(
    Optional<String> originalMessageId,
    Optional<String> envelopeId,
    Optional<String> reportingServer,
    List<Recipient> recipients) {
  public DeliveryReport {
    recipients = List.copyOf(recipients);
  }

  /** Returns whether somebody has not got the message and never will. */
  public boolean isBounce() {
    return recipients.stream().anyMatch(each -> each.action() == Action.FAILED);
  }

  /**
   * One recipient.
   *
   * @param address where it was to go in the end
   * @param original where its sender wanted it to go, if that is another address
   * @param action what became of it
   * @param status the enhanced code (RFC 3463), such as 5.1.1
   * @param diagnostic what the last server said
   * @param server which that was
   */
  public record Recipient(
      String address,
      Optional<String> original,
      Action action,
      Optional<String> status,
      Optional<String> diagnostic,
      Optional<String> server) {
    /** Returns whether trying again may help. */
    public Kind kind() {
      if (action != Action.FAILED && action != Action.DELAYED) {
        return Kind.NONE;
      }
      String code = status.orElse("");
      // A mailbox that is full, or a message that had to wait too long, says nothing about the
      // address.
      if (action == Action.DELAYED || code.startsWith("4.") || code.equals("5.2.2")) {
        return Kind.SOFT;
      }
      return code.startsWith("5.") ? Kind.HARD : Kind.UNKNOWN;
    }
  }

  /** What became of a message at a recipient. */
  public enum Action {
    FAILED,
    DELAYED,
    DELIVERED,
    RELAYED,
    EXPANDED,
    /** The report does not say it in a word that is known. */
    UNKNOWN
  }

  /** How bad it is. */
  public enum Kind {
    /** It was not refused. */
    NONE,
    /** It may go well another time. */
    SOFT,
    /** It will not: the address, or the message, is not wanted there. */
    HARD,
    /** It failed, and nobody says why. */
    UNKNOWN
  }
}

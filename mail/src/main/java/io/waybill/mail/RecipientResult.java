package io.waybill.mail;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what became of one recipient. */
public final class RecipientResult {
  /** What is known about a recipient after an attempt. */
  public enum Status {
    /** The server took responsibility for this recipient. */
    ACCEPTED,
    /** The server asked to try later. */
    DEFERRED,
    /** The server refused for good. */
    REJECTED,
    /** Nothing was asked of the server for this recipient, or it was given up before DATA. */
    NOT_ATTEMPTED,
    /** The connection broke after the final dot: the message may or may not have been accepted. */
    UNKNOWN
  }

  /** The command whose answer decided. */
  public enum Phase {
    /** Before any command of the transaction. */
    SESSION,
    /** MAIL FROM. */
    MAIL,
    /** RCPT TO. */
    RCPT,
    /** DATA, before the content. */
    DATA,
    /** The final dot. */
    DOT
  }

  private final Address recipient;
  private final Status status;
  private final Phase phase;
  private final @Nullable Reply reply;
  private final @Nullable String why;

  private RecipientResult(
      Address recipient, Status status, Phase phase, @Nullable Reply reply, @Nullable String why) {
    this.recipient = recipient;
    this.status = status;
    this.phase = phase;
    this.reply = reply;
    this.why = why;
  }

  /** Returns a result; {@code reply} is null when no answer of the server decided. */
  public static RecipientResult of(
      Address recipient, Status status, Phase phase, @Nullable Reply reply) {
    return new RecipientResult(recipient, status, phase, reply, null);
  }

  /** Returns a result that was decided here, before the server was asked; {@code why} in words. */
  public static RecipientResult local(Address recipient, Status status, String why) {
    return new RecipientResult(recipient, status, Phase.SESSION, null, why);
  }

  /** Returns the result that a negative answer means for a recipient. */
  public static RecipientResult refused(Address recipient, Phase phase, Reply reply) {
    return of(recipient, reply.isTransient() ? Status.DEFERRED : Status.REJECTED, phase, reply);
  }

  /** Returns whom this is about. */
  public Address recipient() {
    return recipient;
  }

  /** Returns what is known. */
  public Status status() {
    return status;
  }

  /** Returns the command whose answer decided. */
  public Phase phase() {
    return phase;
  }

  /** Returns the answer that decided: code, enhanced code and text. */
  public Optional<Reply> reply() {
    return Optional.ofNullable(reply);
  }

  /** Returns why it was decided here, where no answer of the server decided. */
  public Optional<String> why() {
    return Optional.ofNullable(why);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecipientResult that
        && recipient.equals(that.recipient)
        && status == that.status
        && phase == that.phase
        && Objects.equals(reply, that.reply)
        && Objects.equals(why, that.why);
  }

  @Override
  public int hashCode() {
    return Objects.hash(recipient, status, phase, reply, why);
  }

  @Override
  public String toString() {
    String reason = reply != null ? reply.toString() : why;
    return recipient.address() + " " + status + (reason == null ? "" : " (" + reason + ")");
  }
}

package io.waybill.mail;

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

  private RecipientResult(Address recipient, Status status, Phase phase, @Nullable Reply reply) {
    this.recipient = recipient;
    this.status = status;
    this.phase = phase;
    this.reply = reply;
  }

  /** Returns a result; {@code reply} is null when no answer of the server decided. */
  public static RecipientResult of(
      Address recipient, Status status, Phase phase, @Nullable Reply reply) {
    return new RecipientResult(recipient, status, phase, reply);
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

  @Override
  public String toString() {
    return recipient.address() + " " + status + (reply == null ? "" : " (" + reply + ")");
  }
}

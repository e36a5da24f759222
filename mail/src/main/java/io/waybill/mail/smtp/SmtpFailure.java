package io.waybill.mail.smtp;

import io.waybill.mail.Reply;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Ends a session for a reason that is not the network's; {@link Translation} translates it. */
final class SmtpFailure extends IOException {
  private static final long serialVersionUID = 1;

  enum Kind {
    /** The server said no to the session itself. */
    REFUSED,
    /** The connection cannot be protected. */
    TLS,
    /** The login failed or cannot be tried. */
    LOGIN,
    /** Our own bytes cannot be read. */
    CONTENT
  }

  private final Kind kind;
  private final transient @Nullable Reply reply;

  SmtpFailure(Kind kind, String what, @Nullable Reply reply, @Nullable Throwable cause) {
    super(what, cause);
    this.kind = kind;
    this.reply = reply;
  }

  Kind kind() {
    return kind;
  }

  @Nullable Reply reply() {
    return reply;
  }

  boolean isTransient() {
    return reply != null && reply.isTransient();
  }
}

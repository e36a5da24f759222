package io.waybill.mail.pop3;

import java.io.IOException;

/** The server said {@code -ERR}; the connection is as it was. */
final class Pop3Refusal extends IOException {
  private static final long serialVersionUID = 1;
  private final boolean isLogin;

  Pop3Refusal(String why, boolean isLogin) {
    super(why);
    this.isLogin = isLogin;
  }

  /** Whether it was a login that was refused. */
  boolean isLogin() {
    return isLogin;
  }

  /** Whether the same may go well later (RFC 2449 8.1, RFC 3206). */
  boolean isTemporary() {
    String text = String.valueOf(getMessage());
    return text.contains("[IN-USE]")
        || text.contains("[LOGIN-DELAY]")
        || text.contains("[SYS/TEMP]");
  }
}

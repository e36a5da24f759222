package io.waybill.transfer.proxy;

import java.io.IOException;

/** A proxy did not make the connection that it was asked for. */
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why it did not. */
  public enum Reason {
    /** It wants other credentials than it was given, or some. */
    CREDENTIALS,
    /** It does not allow the target. */
    DENIED,
    /** It answers something that is not its protocol. */
    NOT_A_PROXY,
    /** It cannot be told the target's name, or the login. */
    UNTELLABLE,
    /** It, or by it the target, cannot be reached, for now. */
    UNREACHABLE
  }

  private final Reason reason;

  ProxyException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  ProxyException(Reason reason, String message, Exception cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

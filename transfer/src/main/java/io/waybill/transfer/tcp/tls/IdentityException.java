package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Says that a key or certificate is not the one expected, or cannot be used; trying again does not
 * help.
 */
public final class IdentityException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int DEEPEST = 20;

  /** Makes one that says what was presented, what was expected and what to do. */
  public IdentityException(String message) {
    super(message);
  }

  /** Makes one with the failure behind it. */
  public IdentityException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Finds one among a failure and its causes, as JSSE wraps it; null if there is none. */
  public static @Nullable IdentityException in(@Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < DEEPEST; depth++) {
      if (at instanceof IdentityException found) {
        return found;
      }
      at = at.getCause();
    }
    return null;
  }
}

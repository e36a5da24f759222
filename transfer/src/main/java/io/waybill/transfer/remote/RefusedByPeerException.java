package io.waybill.transfer.remote;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The other side said no and is ready for the next request: the session stays in use. */
public abstract class RefusedByPeerException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Tells what was refused. */
  protected RefusedByPeerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package io.waybill.transfer.file;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Closes on the way out of a failure. */
final class Closing {
  private Closing() {}

  /** Closes what is there; what that throws is added to the failure. */
  static void suppressing(Exception failure, @Nullable Closeable resource) {
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}

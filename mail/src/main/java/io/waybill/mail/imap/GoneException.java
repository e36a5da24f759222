package io.waybill.mail.imap;

import java.io.IOException;

/** A message was removed from its folder while it was read. */
final class GoneException extends IOException {
  private static final long serialVersionUID = 1;

  GoneException(long uid) {
    super("message " + uid + " is no longer in its folder");
  }
}

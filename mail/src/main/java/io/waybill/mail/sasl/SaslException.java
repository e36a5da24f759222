package io.waybill.mail.sasl;

import java.io.IOException;

/** Says to a person why a login cannot be made or cannot go on; holds no secret. */
public final class SaslException extends IOException {
  private static final long serialVersionUID = 1;

  SaslException(String message) {
    super(message);
  }
}

package io.waybill.mail.oauth;

import java.io.IOException;

/** Says where text stops being JSON, never what it is. */
final class MalformedJson extends IOException {
  private static final long serialVersionUID = 1;

  MalformedJson(String what, int position) {
    super(what + " at position " + position);
  }
}

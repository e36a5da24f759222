package io.waybill.mail.dkim;

import io.waybill.mail.mime.RawField;
import java.util.Base64;
import java.util.List;

/** Writes a DKIM-Signature field, folded where its grammar allows (RFC 6376 3.5). */
final class SignatureField {
  private static final String NAME = "DKIM-Signature";
  private static final int LINE = 76;
  private static final int SIGNATURE_PIECE = 72;

  private final StringBuilder text = new StringBuilder(NAME).append(':');
  private int column = text.length();

  /** Adds a tag with its value. */
  SignatureField tag(String name, String value) {
    return word(name + "=" + value + ";", " ");
  }

  /** Adds the names of the signed fields, folded between them. */
  SignatureField fields(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      String end = i + 1 < names.size() ? ":" : ";";
      word((i == 0 ? "h=" : "") + names.get(i) + end, i == 0 ? " " : "");
    }
    return this;
  }

  /** Returns the relaxed form of the field with no signature in it, as it is signed itself. */
  String unsigned() {
    return SignedFields.relaxed(new RawField(NAME, text + "\r\n b="));
  }

  /** Returns the whole field with its CRLF. */
  String signed(byte[] signature) {
    String base64 = Base64.getEncoder().encodeToString(signature);
    StringBuilder whole = new StringBuilder(text).append("\r\n b=");
    for (int i = 0; i < base64.length(); i += SIGNATURE_PIECE) {
      whole
          .append(i == 0 ? "" : "\r\n ")
          .append(base64, i, Math.min(base64.length(), i + SIGNATURE_PIECE));
    }
    return whole.append("\r\n").toString();
  }

  private SignatureField word(String word, String gap) {
    if (column + gap.length() + word.length() > LINE) {
      text.append("\r\n ");
      column = 1;
    } else {
      text.append(gap);
      column += gap.length();
    }
    text.append(word);
    column += word.length();
    return this;
  }
}

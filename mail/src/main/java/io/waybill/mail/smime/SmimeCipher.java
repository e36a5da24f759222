package io.waybill.mail.smime;

/** Names how the content of an encrypted message is enciphered. */
public enum SmimeCipher {
  /** EnvelopedData (RFC 5652 6): every mail program reads it; sign first, as it proves nothing. */
  AES_256_CBC("enveloped-data"),
  /** AuthEnvelopedData (RFC 5083, RFC 5084): tampering is noticed; newer mail programs only. */
  AES_256_GCM("authEnveloped-data");

  private final String smimeType;

  SmimeCipher(String smimeType) {
    this.smimeType = smimeType;
  }

  /** Returns what the content type's {@code smime-type} says (RFC 8551 3.2.2). */
  String smimeType() {
    return smimeType;
  }
}

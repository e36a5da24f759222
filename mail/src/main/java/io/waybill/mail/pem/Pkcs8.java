package io.waybill.mail.pem;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Wraps keys of other forms into PKCS #8, which is all that the platform reads. */
final class Pkcs8 {
  // version 0, then SEQUENCE { OID 1.2.840.113549.1.1.1 rsaEncryption, NULL }
  private static final byte[] RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private Pkcs8() {}

  /** Returns the PrivateKeyInfo (RFC 5208 5) of an RSAPrivateKey (RFC 8017 A.1.2). */
  static byte[] ofRsa(byte[] pkcs1) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(RSA);
    content.writeBytes(der(OCTET_STRING, pkcs1));
    return der(SEQUENCE, content.toByteArray());
  }

  /** One DER value: tag, length in the least bytes (X.690 10.1), content. */
  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(length >>> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}

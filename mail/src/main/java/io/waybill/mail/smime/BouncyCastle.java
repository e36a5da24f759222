package io.waybill.mail.smime;

/** Says what to do when the optional library is not there. Refers to none of its classes. */
final class BouncyCastle {
  private BouncyCastle() {}

  /**
   * Returns if the library is on the class path.
   *
   * @throws IllegalStateException otherwise, naming the artifact
   */
  static void require() {
    try {
      Class.forName(
          "org.bouncycastle.cms.CMSException", false, BouncyCastle.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "S/MIME needs Bouncy Castle, which is not on the class path: add"
              + " org.bouncycastle:bcpkix-jdk18on",
          e);
    }
  }
}

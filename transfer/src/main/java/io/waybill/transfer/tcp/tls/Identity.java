package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * Holds a private key and the certificates that vouch for it, its own first. Immutable; never
 * printed with its key.
 */
public final class Identity {
  private final PrivateKey key;
  private final List<X509Certificate> chain;
  private final Path keyFile;

  Identity(PrivateKey key, List<X509Certificate> chain, Path keyFile) {
    this.key = key;
    this.chain = List.copyOf(chain);
    this.keyFile = keyFile;
  }

  /**
   * Reads {@code identity.pem} of a directory, or makes it: an EC P-256 key and a certificate of
   * its own for 10 years, mode 0600. Processes that start at once end with the same one.
   *
   * @param commonName the host name, at most 64 characters (RFC 5280 A.1)
   * @throws IdentityException if the file is open to others, damaged, or its key is another
   *     certificate's
   * @throws IOException if it can be neither read nor written
   */
  public static Identity loadOrMake(Path directory, String commonName, InstantSource clock)
      throws IOException {
    return new IdentityFile(directory, new SecureRandom()).loadOrMake(commonName, clock);
  }

  /**
   * Reads an identity that an authority gave: the chain with the own certificate first, and an
   * unencrypted PKCS#8 key (EC, RSA, Ed25519). The key's file may be read by its group.
   *
   * @throws IdentityException if the key is open to others, in another form, or not the
   *     certificate's
   * @throws IOException if a file cannot be read
   */
  public static Identity load(Path certificatePem, Path keyPem) throws IOException {
    IdentityFile.refuseOpenToOthers(keyPem, true);
    List<X509Certificate> chain = Pem.read(certificatePem).certificates();
    return checked(Pem.read(keyPem).privateKey(), chain, keyPem, certificatePem);
  }

  static Identity checked(PrivateKey key, List<X509Certificate> chain, Path keyFile, Path file)
      throws IdentityException {
    if (!belongTogether(key, chain.get(0))) {
      throw new IdentityException(
          "the private key in "
              + keyFile
              + " is not that of the first certificate in "
              + file
              + "; compare: openssl pkey -pubout -in KEY, openssl x509 -noout -pubkey -in CERT");
    }
    return new Identity(key, chain, keyFile);
  }

  private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "Ed25519";
        };
    byte[] probe = "waybill: key and certificate".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // keys of two algorithms do not even fit the same Signature
    }
  }

  /** Returns the pin that clients know this identity by. */
  public Pin pin() {
    return Pin.of(certificate());
  }

  /** Returns the own certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** Returns the file that holds the key, which nobody who is served may reach. */
  public Path keyFile() {
    return keyFile;
  }

  /**
   * Derives a secret that stays the same as long as the key does, and tells nothing of it.
   *
   * @param purpose one secret each
   * @return 32 bytes
   */
  public byte[] secretFor(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** Returns when the own certificate ends. */
  public Instant notAfter() {
    return certificate().getNotAfter().toInstant();
  }

  PrivateKey key() {
    return key;
  }

  KeyManager[] keyManagers() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] none = new char[0]; // never leaves this memory
    store.setKeyEntry("identity", key, none, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, none);
    return factory.getKeyManagers();
  }

  @Override
  public String toString() {
    return "Identity[" + pin() + "]";
  }
}

package io.waybill.mail.smime;

import io.waybill.mail.MailException;
import io.waybill.mail.pem.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the private key of a signer and the certificates that speak for it; {@link #toString()}
 * shows nothing of the key.
 */
public final class SmimeIdentity {
  private final PrivateKey key;
  private final List<X509Certificate> chain;

  private SmimeIdentity(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = chain;
  }

  /**
   * Returns an identity of a key and its certificates: the signer's first, then those that issued
   * it, which receivers may lack.
   *
   * @throws MailException.KeyUnusable if there is no certificate, mail may not be signed with it,
   *     or the key is another's
   */
  public static SmimeIdentity of(PrivateKey key, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new MailException.KeyUnusable("S/MIME key", "its certificate is missing", null);
    }
    X509Certificate own = chain.get(0);
    CertificateRules.requireSigning(own);
    if (!belongs(key, own)) {
      throw new MailException.KeyUnusable(
          CertificateRules.name(own), "the private key given is not its key", null);
    }
    return new SmimeIdentity(key, List.copyOf(chain));
  }

  /**
   * Reads a PKCS #12 file with one key, now.
   *
   * @throws MailException.KeyUnusable if it cannot be read or opened, holds not exactly one key, or
   *     as {@link #of}
   */
  public static SmimeIdentity pkcs12(Path file, Supplier<String> password) {
    return pkcs12(file, null, password);
  }

  /**
   * Reads the key of this alias from a PKCS #12 file, now; with no alias the only one.
   *
   * @throws MailException.KeyUnusable if it cannot be read or opened, has no such key, or as {@link
   *     #of}
   */
  public static SmimeIdentity pkcs12(Path file, @Nullable String alias, Supplier<String> password) {
    String name = "PKCS #12 file " + file;
    char[] secret = password.get().toCharArray();
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      load(store, in, secret, name);
      String wanted = choose(store, alias, name);
      PrivateKey key = (PrivateKey) store.getKey(wanted, secret);
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : store.getCertificateChain(wanted)) {
        chain.add((X509Certificate) certificate);
      }
      return of(key, chain);
    } catch (IOException e) {
      throw new MailException.KeyUnusable(name, "it cannot be read", e);
    } catch (GeneralSecurityException e) {
      throw new MailException.KeyUnusable(name, "its key cannot be read", null);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static void load(KeyStore store, InputStream in, char[] secret, String name)
      throws IOException, GeneralSecurityException {
    byte[] bytes = in.readAllBytes();
    try {
      store.load(new ByteArrayInputStream(bytes), secret);
    } catch (IOException e) {
      // One exception for both; its cause tells them apart on some platforms only.
      throw new MailException.KeyUnusable(
          name, "the password is wrong, or it is no PKCS #12 file", null);
    }
  }

  private static String choose(KeyStore store, @Nullable String alias, String name)
      throws GeneralSecurityException {
    List<String> keys = new ArrayList<>();
    for (String each : Collections.list(store.aliases())) {
      if (store.entryInstanceOf(each, KeyStore.PrivateKeyEntry.class)) {
        keys.add(each);
      }
    }
    if (alias == null && keys.size() == 1) {
      return keys.get(0);
    }
    if (alias != null && store.entryInstanceOf(alias, KeyStore.PrivateKeyEntry.class)) {
      return alias;
    }
    String wanted = alias == null ? "exactly one key" : "a key named " + alias;
    throw new MailException.KeyUnusable(
        name, wanted + " is needed, and it has " + (keys.isEmpty() ? "none" : keys), null);
  }

  /**
   * Reads PEM text, now: a file of certificates, the signer's first, and the key.
   *
   * @throws MailException.KeyUnusable if either cannot be read, or as {@link #of}
   */
  public static SmimeIdentity pem(Path certificates, Supplier<String> key) {
    List<X509Certificate> chain = Pem.certificates(certificates);
    return of(Pem.privateKey("key of " + CertificateRules.name(chain.get(0)), key.get()), chain);
  }

  /** Whether a signature by the key is one by the certificate: works for keys in hardware, too. */
  private static boolean belongs(PrivateKey key, X509Certificate certificate) {
    byte[] probe = {'p', 'r', 'o', 'b', 'e'};
    try {
      Signature signature = Signature.getInstance(signatureAlgorithm(certificate));
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // a key of another kind or size
    }
  }

  private static String signatureAlgorithm(X509Certificate certificate) {
    return CertificateRules.isRsa(certificate) ? "SHA256withRSA" : "SHA256withECDSA";
  }

  /** Returns the certificates, the signer's first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  PrivateKey key() {
    return key;
  }

  String signatureAlgorithm() {
    return signatureAlgorithm(certificate());
  }

  @Override
  public String toString() {
    return "SmimeIdentity[" + CertificateRules.name(certificate()) + "]";
  }
}

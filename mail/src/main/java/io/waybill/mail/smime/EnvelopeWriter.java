package io.waybill.mail.smime;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OutputAEADEncryptor;

/** Opens the CMS envelope that only the owners of certificates can read (RFC 5652 6). */
final class EnvelopeWriter {
  // Never registered with the platform: an embedder's choice of providers is left alone.
  private static final Provider PROVIDER = new BouncyCastleProvider();
  private static final int CHUNK_BYTES = 32 * 1024;

  private EnvelopeWriter() {}

  /** Returns a stream whose plain bytes end up enveloped in {@code out}, which it leaves open. */
  static OutputStream open(
      List<X509Certificate> recipients, SmimeCipher cipher, SecureRandom random, OutputStream out)
      throws IOException {
    try {
      List<RecipientInfoGenerator> readers = new ArrayList<>();
      for (X509Certificate recipient : recipients) {
        readers.add(reader(recipient, random));
      }
      if (cipher == SmimeCipher.AES_256_GCM) {
        CMSAuthEnvelopedDataStreamGenerator generator = new CMSAuthEnvelopedDataStreamGenerator();
        readers.forEach(generator::addRecipientInfoGenerator);
        generator.setBufferSize(CHUNK_BYTES);
        return generator.open(
            out,
            (OutputAEADEncryptor)
                new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
                    .setSecureRandom(random)
                    .build());
      }
      CMSEnvelopedDataStreamGenerator generator = new CMSEnvelopedDataStreamGenerator();
      readers.forEach(generator::addRecipientInfoGenerator);
      generator.setBufferSize(CHUNK_BYTES);
      return generator.open(
          out,
          new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
              .setSecureRandom(random)
              .build());
    } catch (CMSException | GeneralSecurityException e) {
      throw new IOException("S/MIME envelope cannot be made with " + cipher, e);
    }
  }

  private static RecipientInfoGenerator reader(X509Certificate recipient, SecureRandom random)
      throws GeneralSecurityException {
    if (CertificateRules.isRsa(recipient)) {
      return new JceKeyTransRecipientInfoGenerator(recipient);
    }
    // RFC 5753 3.1: a key of its own for each message, on the recipient's curve.
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC", PROVIDER);
    keys.initialize(((ECPublicKey) recipient.getPublicKey()).getParams(), random);
    KeyPair once = keys.generateKeyPair();
    return new JceKeyAgreeRecipientInfoGenerator(
            CMSAlgorithm.ECDH_SHA256KDF,
            once.getPrivate(),
            once.getPublic(),
            CMSAlgorithm.AES256_WRAP)
        .addRecipient(recipient)
        .setProvider(PROVIDER)
        .setSecureRandom(random);
  }
}

package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.waybill.mail.MessageSeal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyPair;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Takes sealed messages apart, as a receiver would; one character is one byte. */
final class Sealed {
  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"([^\"]+)\"");

  private Sealed() {}

  static String seal(MessageSeal seal, String message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    seal.seal(() -> new ByteArrayInputStream(message.getBytes(ISO_8859_1)), out);
    return out.toString(ISO_8859_1);
  }

  static String header(String message) {
    return message.substring(0, message.indexOf("\r\n\r\n") + 2);
  }

  static String body(String message) {
    return message.substring(message.indexOf("\r\n\r\n") + 4);
  }

  /** The signed entity: what stands between the first two delimiters. */
  static String signedEntity(String message) {
    return part(message, 1);
  }

  static CMSSignedData signature(String message) throws CMSException {
    byte[] der = Base64.getMimeDecoder().decode(body(part(message, 2)));
    return new CMSSignedData(
        new CMSProcessableByteArray(signedEntity(message).getBytes(ISO_8859_1)), der);
  }

  private static String part(String message, int number) {
    Matcher matcher = BOUNDARY.matcher(header(message));
    if (!matcher.find()) {
      throw new AssertionError("no boundary in " + header(message));
    }
    String delimiter = "\r\n--" + matcher.group(1);
    String part = ("\r\n" + body(message)).split(Pattern.quote(delimiter), -1)[number];
    return part.substring(2); // the line end of the delimiter
  }

  /** Whether the one signature is that of the entity, by the certificate that comes with it. */
  static boolean verifies(String message) throws Exception {
    CMSSignedData signed = signature(message);
    SignerInformation signer = signed.getSignerInfos().getSigners().iterator().next();
    X509CertificateHolder certificate =
        signed.getCertificates().getMatches(null).stream()
            .filter(signer.getSID()::match)
            .findFirst()
            .orElseThrow();
    try {
      return signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate));
    } catch (CMSException e) {
      return false;
    }
  }

  /** The encrypted entity, decrypted with the key of one of its readers. */
  static String decrypt(String message, KeyPair keys, int reader) throws Exception {
    byte[] cms = Base64.getMimeDecoder().decode(body(message));
    boolean rsa = keys.getPrivate().getAlgorithm().equals("RSA");
    byte[] plain;
    if (header(message).contains("authEnveloped")) {
      CMSAuthEnvelopedData data = new CMSAuthEnvelopedData(cms);
      RecipientInformation info = list(data.getRecipientInfos().getRecipients(), reader);
      plain =
          info.getContent(
              rsa
                  ? new JceKeyTransAuthEnvelopedRecipient(keys.getPrivate())
                      .setProvider(new BouncyCastleProvider())
                  : new JceKeyAgreeAuthEnvelopedRecipient(keys.getPrivate())
                      .setProvider(new BouncyCastleProvider()));
    } else {
      CMSEnvelopedData data = new CMSEnvelopedData(cms);
      RecipientInformation info = list(data.getRecipientInfos().getRecipients(), reader);
      plain =
          info.getContent(
              rsa
                  ? new JceKeyTransEnvelopedRecipient(keys.getPrivate())
                  : new JceKeyAgreeEnvelopedRecipient(keys.getPrivate())
                      .setProvider(new BouncyCastleProvider()));
    }
    return new String(plain, ISO_8859_1);
  }

  private static RecipientInformation list(
      java.util.Collection<RecipientInformation> all, int number) {
    return all.stream().skip(number).findFirst().orElseThrow();
  }
}

package io.waybill.mail.smime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataStreamGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;

/** Takes content as it streams by and yields the CMS signature over it (RFC 5652 5). */
final class DetachedSignature extends OutputStream {
  private final ByteArrayOutputStream cms = new ByteArrayOutputStream();
  private final OutputStream content;

  /** Starts with a signature that says it was made at this time. */
  DetachedSignature(SmimeIdentity identity, Instant now) throws IOException {
    ASN1EncodableVector attributes = new ASN1EncodableVector();
    attributes.add(new Attribute(CMSAttributes.signingTime, new DERSet(new Time(Date.from(now)))));
    try {
      CMSSignedDataStreamGenerator generator = new CMSSignedDataStreamGenerator();
      generator.addSignerInfoGenerator(
          new JcaSimpleSignerInfoGeneratorBuilder()
              .setSignedAttributeGenerator(
                  new DefaultSignedAttributeTableGenerator(new AttributeTable(attributes)))
              .build(identity.signatureAlgorithm(), identity.key(), identity.certificate()));
      generator.addCertificates(new JcaCertStore(identity.chain()));
      content = generator.open(cms);
    } catch (OperatorCreationException | CertificateEncodingException | CMSException e) {
      throw new IOException("S/MIME signature cannot be made with " + identity, e);
    }
  }

  @Override
  public void write(int b) throws IOException {
    content.write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    content.write(bytes, offset, length);
  }

  /** Ends the content and returns the signature in DER, which more readers take than BER. */
  byte[] end() throws IOException {
    content.close();
    return ASN1Primitive.fromByteArray(cms.toByteArray()).getEncoded(ASN1Encoding.DER);
  }
}

package io.waybill.mail.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.mime.RawField;
import io.waybill.mail.mime.RawMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 6376 3.4.5 and RFC 8463 A. */
class DkimKnownAnswerTest {
  private static final String ED25519_FIELD =
      """
      DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
       d=football.example.com; i=@football.example.com;
       q=dns/txt; s=brisbane; t=1528637909; h=from : to :
       subject : date : message-id : from : subject : date;
       bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
       b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
       Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
      """;
  private static final String RSA_FIELD =
      """
      DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
       d=football.example.com; i=@football.example.com;
       q=dns/txt; s=test; t=1528637909; h=from : to : subject :
       date : message-id : from : subject : date;
       bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
       b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
       DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
       dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
      """;
  private static final String MESSAGE =
      """
      From: Joe SixPack <joe@football.example.com>
      To: Suzie Q <suzie@shopping.example.net>
      Subject: Is dinner ready?
      Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
      Message-ID: <20030712040037.46341.5F8J@football.example.com>

      Hi.

      We lost the game.  Are you hungry yet?

      Joe.

      """;
  private static final Map<String, String> DNS =
      Map.of(
          "brisbane._domainkey.football.example.com",
          "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
          "test._domainkey.football.example.com",
          "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
              + "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/B"
              + "C/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT"
              + "+l/K4w3QIDAQAB");

  private static byte[] bytes(String text) {
    return text.replace("\n", "\r\n").getBytes(ISO_8859_1);
  }

  /** The seed of RFC 8463 A.2 in PKCS #8 (RFC 8410 7). */
  private static PrivateKey rfcKey() throws Exception {
    byte[] head = HexFormat.of().parseHex("302e020100300506032b657004220420");
    byte[] seed = Base64.getDecoder().decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
    byte[] pkcs8 = java.util.Arrays.copyOf(head, head.length + seed.length);
    System.arraycopy(seed, 0, pkcs8, head.length, seed.length);
    return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  @Test
  void theVerifierOfTheseTestsAcceptsTheExampleOfTheRfc() throws Exception {
    IndependentVerifier verifier = new IndependentVerifier(DNS);
    assertThat(verifier.verify(bytes(ED25519_FIELD + RSA_FIELD + MESSAGE)))
        .containsExactly("pass", "pass");
    assertThat(verifier.verify(bytes(RSA_FIELD + MESSAGE.replace("dinner", "Dinner"))))
        .containsExactly("header differs");
    assertThat(verifier.verify(bytes(RSA_FIELD + MESSAGE.replace("Hi.", "Ho."))))
        .containsExactly("body differs");
  }

  @Test
  void signsTheExampleOfTheRfcToTheSameBytes() throws Exception {
    try (RawMessage raw =
        RawMessage.open(() -> new ByteArrayInputStream(bytes(ED25519_FIELD + MESSAGE)))) {
      StringBuilder signed = new StringBuilder();
      List<RawField> fields = raw.fields();
      fields.stream().skip(1).forEach(f -> signed.append(SignedFields.relaxed(f)).append("\r\n"));
      String own = SignedFields.relaxed(fields.get(0));
      signed.append(own, 0, own.indexOf("; b=") + 4);
      assertThat(DkimKey.of("k", rfcKey()).sign(signed.toString()))
          .isEqualTo(
              Base64.getDecoder()
                  .decode(
                      "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus"
                          + "Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="));
      assertThat(RelaxedBody.digest(raw.body()))
          .isEqualTo(Base64.getDecoder().decode("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="));
    }
  }

  @Test
  void canonicalisesTheHeaderOfTheRfc() {
    assertThat(SignedFields.relaxed(new RawField("A", "A: X\r\n"))).isEqualTo("a:X");
    assertThat(SignedFields.relaxed(new RawField("B", "B : Y\t\r\n\tZ  \r\n"))).isEqualTo("b:Y Z");
    assertThat(SignedFields.relaxed(new RawField("C", "C: \t \r\n \r\n"))).isEqualTo("c:");
  }

  @ParameterizedTest
  @CsvSource({
    "' C \\r\\nD \t E\\r\\n\\r\\n\\r\\n',' C\\r\\nD E\\r\\n'", // RFC 6376 3.4.5
    "'',''",
    "'\\r\\n',''",
    "' \\r\\n\t\\r\\n',''",
    "'   ',''",
    "'x','x\\r\\n'",
    "'x \\r\\n \\r\\ny','x\\r\\n\\r\\ny\\r\\n'",
    "'\\r\\n\\r\\nx\\r\\n','\\r\\n\\r\\nx\\r\\n'",
    "'x\\r\\n ','x\\r\\n'",
  })
  void digestsBodiesInTheRelaxedForm(String body, String relaxed) throws Exception {
    byte[] plain = body.translateEscapes().getBytes(ISO_8859_1);
    byte[] expected =
        MessageDigest.getInstance("SHA-256")
            .digest(relaxed.translateEscapes().getBytes(ISO_8859_1));
    assertThat(RelaxedBody.digest(new ByteArrayInputStream(plain))).isEqualTo(expected);
    assertThat(RelaxedBody.digest(new OneByOne(plain))).isEqualTo(expected);
  }

  /** Gives one byte a read, so that every boundary between reads is tried. */
  private static final class OneByOne extends ByteArrayInputStream {
    OneByOne(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] buffer, int offset, int length) {
      return super.read(buffer, offset, Math.min(1, length));
    }

    @Override
    public int read(byte[] buffer) throws IOException {
      return read(buffer, 0, buffer.length);
    }
  }
}

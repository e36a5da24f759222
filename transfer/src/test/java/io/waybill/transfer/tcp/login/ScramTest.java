package io.waybill.transfer.tcp.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScramTest {
  private static final String KEY = "correct horse battery";

  /** The exchange of RFC 7677, section 3. */
  @Test
  void answersTheExampleOfRfc7677() throws IOException {
    ScramClient client = new ScramClient("user", "rOprNGfwEbeRWgbNEkqO", Optional.empty());
    assertThat(client.first()).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");

    String proof =
        client.last(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            "pencil");
    assertThat(proof)
        .isEqualTo(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");

    client.finish("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  }

  /** The same exchange, from the keys that a server would have stored. */
  @Test
  void checksTheExampleOfRfc7677() throws IOException {
    byte[] salted = ScramKey.saltedKey("pencil", base64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
    Base64.Encoder base64 = Base64.getEncoder();
    ScramKey stored =
        ScramKey.parse(
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$%s:%s"
                .formatted(
                    base64.encodeToString(ScramKey.sha256(ScramKey.hmac(salted, "Client Key"))),
                    base64.encodeToString(ScramKey.hmac(salted, "Server Key"))));
    ScramServer server =
        new ScramServer(user -> stored, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", Optional.empty());

    assertThat(server.challenge("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"))
        .isEqualTo(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    assertThat(
            server.finish(
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                    + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
        .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    assertThat(server.user()).isEqualTo("user");
  }

  @Test
  void wrongKeyAndUnknownUserAreRefusedInTheSameWords() {
    ScramKey stored = ScramKey.derive(KEY, new SecureRandom());
    byte[] secret = {1, 2, 3};

    assertThat(refusal(user -> stored, "wrong"))
        .isEqualTo(refusal(user -> ScramKey.decoy(user, secret), KEY))
        .doesNotContain("wrong\"", KEY);
  }

  @Test
  void aDecoyShowsTheSameSaltEachTime() {
    byte[] secret = {1, 2, 3};
    assertThat(ScramKey.decoy("x", secret).salt()).isEqualTo(ScramKey.decoy("x", secret).salt());
    assertThat(ScramKey.decoy("x", secret).salt()).isNotEqualTo(ScramKey.decoy("y", secret).salt());
  }

  @Test
  void namesWithCommaAndEqualsSignArrive() throws IOException {
    ScramKey stored = ScramKey.derive(KEY, new SecureRandom());
    ScramServer server = new ScramServer(user -> stored, "server", Optional.empty());
    ScramClient client = new ScramClient("a,b=c", "client", Optional.empty());

    client.finish(server.finish(client.last(server.challenge(client.first()), KEY)));

    assertThat(server.user()).isEqualTo("a,b=c");
  }

  @Test
  void aReplayedProofIsRefused() throws IOException {
    ScramKey stored = ScramKey.derive(KEY, new SecureRandom());
    ScramClient client = new ScramClient("u", "client", Optional.empty());
    ScramServer first = new ScramServer(user -> stored, "one", Optional.empty());
    String proof = client.last(first.challenge(client.first()), KEY);
    ScramServer second = new ScramServer(user -> stored, "two", Optional.empty());
    String challenge = second.challenge(client.first());

    assertThat(challenge).isNotEmpty();
    assertThatExceptionOfType(WireException.class).isThrownBy(() -> second.finish(proof));
  }

  @Test
  void aServerWithoutTheKeyIsNotBelieved() throws IOException {
    ScramClient client = new ScramClient("u", "client", Optional.empty());
    String proof = client.last("r=clientX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", KEY);

    assertThat(proof).startsWith("c=biws");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> client.finish("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
        .withMessageContaining("did not prove");
  }

  @Test
  void iterationsOutsideTheBoundsAreNotCounted() {
    ScramClient client = new ScramClient("u", "client", Optional.empty());
    for (String iterations : new String[] {"1", "4095", "1000001", "2147483648", "x"}) {
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(
              () -> client.last("r=clientX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=" + iterations, KEY));
    }
  }

  @Test
  void writtenFormHoldsNoKeyAndReadsBack() {
    ScramKey key = ScramKey.derive(KEY, new SecureRandom());
    String text = key.format();

    assertThat(text).doesNotContain(KEY).startsWith("SCRAM-SHA-256$4096:");
    assertThat(ScramKey.parse(text).format()).isEqualTo(text);
    assertThat(key.toString()).isEqualTo("ScramKey[iterations=4096]");
  }

  @Test
  void keysBeyondPrintableAsciiAreRefusedWithoutRepeatingThem() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScramKey.derive("schl\u00fcssel", new SecureRandom()))
        .withMessageContaining("printable ASCII")
        .withMessageNotContaining("schl");
  }

  private static String refusal(ScramServer.Keys keys, String key) {
    ScramServer server = new ScramServer(keys, "server", Optional.empty());
    ScramClient client = new ScramClient("u", "client", Optional.empty());
    try {
      server.finish(client.last(server.challenge(client.first()), key));
    } catch (WireException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.LOGIN_REFUSED);
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("was let in");
  }

  private static byte[] base64(String text) {
    return Base64.getDecoder().decode(text);
  }
}

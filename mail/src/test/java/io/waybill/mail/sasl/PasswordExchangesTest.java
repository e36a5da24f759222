package io.waybill.mail.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class PasswordExchangesTest {
  @Test
  void plainSpeaksTheExampleOfRfc4616() throws SaslException {
    PlainExchange login = new PlainExchange("tim", "tanstaaftanstaaf");
    assertThat(login.initialResponse()).contains("\0tim\0tanstaaftanstaaf".getBytes(UTF_8));
    assertThat(login.isVerified()).isTrue();
  }

  @Test
  void plainAnswersTheEmptyChallengeOnce() throws SaslException {
    PlainExchange login = new PlainExchange("tim", "tanstaaftanstaaf");
    assertThat(login.respond(new byte[0])).isEqualTo(login.initialResponse().orElseThrow());
    assertThatThrownBy(() -> login.respond(new byte[0]))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("goes on asking");
  }

  @Test
  void plainIsUtf8() throws SaslException {
    assertThat(new PlainExchange("ü", "密\uD83D\uDD11").initialResponse())
        .contains("\0ü\0密\uD83D\uDD11".getBytes(UTF_8));
  }

  @Test
  void loginAnswersTwoQuestionsWhateverTheirWords() throws SaslException {
    LoginExchange login = new LoginExchange("tim", "tanstaaftanstaaf");
    assertThat(login.initialResponse()).isEmpty();
    assertThat(text(login.respond("User Name\0".getBytes(UTF_8)))).isEqualTo("tim");
    assertThat(text(login.respond(new byte[] {(byte) 0xFF}))).isEqualTo("tanstaaftanstaaf");
    assertThatThrownBy(() -> login.respond("Password:".getBytes(UTF_8)))
        .isInstanceOf(SaslException.class);
  }

  @Test
  void cramMd5SpeaksTheExampleOfRfc2195() throws SaslException {
    CramMd5Exchange login = new CramMd5Exchange("tim", "tanstaaftanstaaf");
    assertThat(login.initialResponse()).isEmpty();
    byte[] challenge =
        Base64.getDecoder().decode("PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+");
    assertThat(Base64.getEncoder().encodeToString(login.respond(challenge)))
        .isEqualTo("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
    assertThatThrownBy(() -> login.respond(challenge)).isInstanceOf(SaslException.class);
  }

  @Test
  void cramMd5GivesNoDigestOfNothing() throws SaslException {
    CramMd5Exchange login = new CramMd5Exchange("tim", "tanstaaftanstaaf");
    assertThatThrownBy(() -> login.respond(new byte[0])).isInstanceOf(SaslException.class);
  }

  @Test
  void cramMd5TakesAChallengeThatIsNoText() throws SaslException {
    CramMd5Exchange login =
        new CramMd5Exchange("tim", "a long password, more than 64 bytes".repeat(3));
    assertThat(text(login.respond(new byte[] {(byte) 0xFF, 0, (byte) 0xC0})))
        .matches("tim [0-9a-f]{32}");
  }

  @Test
  void whatAnExchangeHandsOutCannotChangeIt() throws SaslException {
    PlainExchange login = new PlainExchange("tim", "tanstaaftanstaaf");
    login.initialResponse().orElseThrow()[1] = 'T';
    assertThat(text(login.initialResponse().orElseThrow())).startsWith("\0tim");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}

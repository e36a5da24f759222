package io.waybill.mail.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramExchangeTest {
  // RFC 7677 3
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = NONCE + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String SERVER_FIRST =
      "r=" + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  @Test
  void speaksTheExampleOfRfc7677() throws SaslException {
    ScramExchange login = example();
    assertThat(text(login.initialResponse().orElseThrow()))
        .isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    assertThat(say(login, SERVER_FIRST))
        .isEqualTo("c=biws,r=" + SERVER_NONCE + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(login.isVerified()).as("before the server's proof").isFalse();
    assertThat(say(login, SERVER_FINAL)).isEmpty();
    assertThat(login.isVerified()).isTrue();
    assertThat(login.complaint()).isEmpty();
  }

  @Test
  void anEmptyChallengeAsksForTheFirstWordAgain() throws SaslException {
    ScramExchange login = example();
    assertThat(say(login, "")).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    assertThat(say(login, SERVER_FIRST)).startsWith("c=biws,");
    assertThatThrownBy(() -> say(login, "")).isInstanceOf(SaslException.class);
  }

  @Test
  void aServerWithoutTheProofIsNotBelieved() throws SaslException {
    for (String last :
        new String[] {
          "v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=", "v=6rriTRBi", "", "ok", "v=%%%"
        }) {
      ScramExchange login = example();
      say(login, SERVER_FIRST);
      assertThatThrownBy(() -> say(login, last)).as(last).isInstanceOf(SaslException.class);
      assertThat(login.isVerified()).as(last).isFalse();
      assertThatThrownBy(() -> say(login, SERVER_FINAL))
          .as("no second try after %s", last)
          .hasMessageContaining("goes on asking");
      assertThat(login.isVerified()).as(last).isFalse();
    }
  }

  @Test
  void aSignatureBeforeTheChallengeIsNoProof() throws SaslException {
    ScramExchange login = example();
    assertThatThrownBy(() -> say(login, SERVER_FINAL)).isInstanceOf(SaslException.class);
    assertThat(login.isVerified()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1", "4095"})
  void tooFewIterationsAreRefusedAndSaid(String count) {
    assertThatThrownBy(() -> say(example(), SERVER_FIRST.replace("i=4096", "i=" + count)))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("asks for " + count + " iterations")
        .hasMessageContaining("4096");
  }

  @ParameterizedTest
  @CsvSource({"1000001", "9999999999", "4294971392"})
  void tooManyIterationsAreNotCounted(String count) {
    assertThatThrownBy(() -> say(example(), SERVER_FIRST.replace("i=4096", "i=" + count)))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("1000000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "+4096", "04096", "4096 ", "4e9", "99999999999999999999"})
  void aCountThatIsNoNumberIsRefused(String count) {
    assertThatThrownBy(() -> say(example(), SERVER_FIRST.replace("i=4096", "i=" + count)))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("iteration");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rOprNGfwEbeRWgbNEkqO",
        "rOprNGfwEbeRWgbNEkq",
        "ROPRNGFWEBERWGBNEKQO%hvYDpWUa2RaTCAfuxFIlj",
        "x%rOprNGfwEbeRWgbNEkqO",
        "rOprNGfwEbeRWgbNEkqO blank",
        "rOprNGfwEbeRWgbNEkqOé",
        ""
      })
  void aNonceThatDoesNotContinueOursIsRefused(String nonce) {
    assertThatThrownBy(() -> say(example(), SERVER_FIRST.replace(SERVER_NONCE, nonce)))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("nonce");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "r=",
        "s=W22ZaJ0SNY7soEsUEjb6gQ==,r=rOprNGfwEbeRWgbNEkqO%,i=4096",
        "r=rOprNGfwEbeRWgbNEkqO%,s=,i=4096",
        "r=rOprNGfwEbeRWgbNEkqO%,s=!!!,i=4096",
        "r=rOprNGfwEbeRWgbNEkqO%,s=W22ZaJ0SNY7soEsUEjb6gQ==",
        "r=rOprNGfwEbeRWgbNEkqO%,,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        "R=rOprNGfwEbeRWgbNEkqO%,S=W22ZaJ0SNY7soEsUEjb6gQ==,I=4096"
      })
  void aChallengeOfAnotherFormIsRefused(String challenge) throws SaslException {
    ScramExchange login = example();
    say(login, "");
    assertThatThrownBy(() -> say(login, challenge)).isInstanceOf(SaslException.class);
  }

  @Test
  void anExtensionThatMustBeKnownIsRefused() {
    for (String challenge :
        new String[] {"m=ext," + SERVER_FIRST, SERVER_FIRST + ",m=ext", "m=,r=x,s=x,i=1"}) {
      assertThatThrownBy(() -> say(example(), challenge))
          .as(challenge)
          .isInstanceOf(SaslException.class)
          .hasMessageContaining("extension");
    }
  }

  @Test
  void aServersErrorIsAComplaintThatNeverVerifies() throws SaslException {
    ScramExchange login = example();
    say(login, SERVER_FIRST);
    assertThat(say(login, "e=invalid-proof")).isEmpty();
    assertThat(login.isVerified()).isFalse();
    assertThat(login.complaint()).contains("invalid-proof (the password is wrong)");
  }

  @Test
  void wordsOfTheServersOwnAreNotRepeated() throws SaslException {
    ScramExchange login = example();
    say(login, "e=pencil\r\nis wrong");
    assertThat(login.complaint()).contains("an error that RFC 5802 does not know");
    assertThat(login.isVerified()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "user, pencil",
    "'a,b=c', 'p,=w'",
    "用户, пароль 密码",
    "e\u0301, I\u00ADX\u00A0y",
    "x@example.org, \uD83D\uDD11key"
  })
  void aServerThatKnowsOnlyTheStoredKeysAgrees(String user, String password)
      throws SaslException, GeneralSecurityException {
    Random random = new Random(user.hashCode());
    byte[] salt = new byte[1 + random.nextInt(40)];
    random.nextBytes(salt);
    ScramServer server =
        new ScramServer(SaslPrep.prepare("password", password), salt, 4096 + random.nextInt(9));
    ScramExchange login = ScramExchange.of(user, password, random);
    String first = text(login.initialResponse().orElseThrow());
    String proof = say(login, server.first(first, random.nextBoolean() ? ",x=later" : ""));
    assertThat(say(login, server.last(proof))).isEmpty();
    assertThat(login.isVerified()).isTrue();
  }

  @Test
  void aWrongPasswordGetsTheServersRefusal() throws SaslException, GeneralSecurityException {
    ScramServer server = new ScramServer("pencil", new byte[] {1, 2, 3}, 4096);
    ScramExchange login = ScramExchange.of("user", "pen", new Random(1));
    String proof = say(login, server.first(text(login.initialResponse().orElseThrow()), ""));
    say(login, server.last(proof));
    assertThat(login.complaint()).isPresent();
    assertThat(login.isVerified()).isFalse();
  }

  @Test
  void theNameIsPreparedAndEscaped() throws SaslException {
    ScramExchange login = ScramExchange.of("a=b,c\u00AD\u00A0\u2168", "x", "nonce");
    assertThat(text(login.initialResponse().orElseThrow())).isEqualTo("n,,n=a=3Db=2Cc IX,r=nonce");
  }

  @Test
  void eachLoginHasANonceOfItsOwn() throws SaslException {
    Random random = new Random(7);
    String first = text(ScramExchange.of("u", "p", random).initialResponse().orElseThrow());
    String second = text(ScramExchange.of("u", "p", random).initialResponse().orElseThrow());
    assertThat(first).isNotEqualTo(second).matches("n,,n=u,r=[A-Za-z0-9+/]{24}");
  }

  private static ScramExchange example() throws SaslException {
    return ScramExchange.of("user", "pencil", NONCE);
  }

  private static String say(SaslExchange login, String challenge) throws SaslException {
    return text(login.respond(challenge.getBytes(UTF_8)));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}

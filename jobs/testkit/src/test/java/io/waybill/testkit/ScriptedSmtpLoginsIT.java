package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class ScriptedSmtpLoginsIT {
  private static final String SUCCESS = "235 2.7.0 ";
  private static final String FAILURE = "535 5.7.8 ";

  private final ScriptedSmtpServer server = ScriptedSmtpServer.start().user("ops", "žluťoučký");

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void offersWhatItKnows() throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("EHLO me")).endsWith("AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256");
      server.logins().tokens("t");
      assertThat(client.ask("EHLO me")).endsWith("SCRAM-SHA-256 XOAUTH2 OAUTHBEARER");
      server.logins().mechanisms("login", "XOAUTH2");
      assertThat(client.ask("EHLO me")).endsWith("AUTH LOGIN XOAUTH2");
      assertThat(client.ask("AUTH PLAIN")).startsWith("504 5.5.4");
    }
    assertThat(server.loginAttempts()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void logsInWithPlain(boolean isAtOnce) throws Exception {
    for (String password : new String[] {"wrong", "žluťoučký"}) {
      try (SmtpTalk client = SmtpTalk.greeted(server)) {
        String secret = SmtpTalk.base64("\0ops\0" + password);
        if (!isAtOnce) {
          assertThat(client.ask("AUTH PLAIN")).isEqualTo("334 ");
        }
        assertThat(client.ask(isAtOnce ? "auth plain " + secret : secret))
            .startsWith(password.equals("wrong") ? FAILURE : SUCCESS);
      }
    }
    assertThat(server.loginAttempts()).isEqualTo(2);
    assertThat(server.successfulLogins()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"ops, žluťoučký, 235", "ops, x, 535", "nobody, žluťoučký, 535"})
  void logsInWithLogin(String user, String password, String reply) throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(SmtpTalk.challenge(client.ask("AUTH LOGIN"))).isEqualTo("Username:");
      assertThat(SmtpTalk.challenge(client.ask64(user))).isEqualTo("Password:");
      assertThat(client.ask64(password)).startsWith(reply);
    }
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.ask("AUTH LOGIN " + SmtpTalk.base64(user));
      assertThat(client.ask64(password)).startsWith(reply);
    }
  }

  @ParameterizedTest
  @CsvSource({"ops, žluťoučký, 235", "ops, x, 535", "nobody, žluťoučký, 535"})
  void logsInWithCramMd5AsTheJdkDoes(String user, String password, String reply) throws Exception {
    SaslClient sasl =
        Sasl.createSaslClient(
            new String[] {"CRAM-MD5"},
            null,
            "smtp",
            "localhost",
            Map.of(),
            callbacks -> {
              for (Callback each : callbacks) {
                if (each instanceof NameCallback name) {
                  name.setName(user);
                } else if (each instanceof PasswordCallback secret) {
                  secret.setPassword(password.toCharArray());
                }
              }
            });
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      String challenge = SmtpTalk.challenge(client.ask("AUTH CRAM-MD5"));
      byte[] answer = sasl.evaluateChallenge(challenge.getBytes(UTF_8));
      assertThat(client.ask(Base64.getEncoder().encodeToString(answer))).startsWith(reply);
    }
    sasl.dispose();
  }

  @Test
  void logsInWithScramAndProvesItself() throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      Scram scram = new Scram(client, "ops", "žluťoučký");
      assertThat(scram.serverFirst()).startsWith("r=clientNonce").endsWith(",i=4096");
      String signature = SmtpTalk.challenge(scram.prove());
      assertThat(signature).isEqualTo("v=" + scram.expectedSignature());
      assertThat(client.ask("")).startsWith(SUCCESS);
      assertThat(client.ask("AUTH PLAIN")).startsWith("503 ");
    }
  }

  @ParameterizedTest
  @CsvSource({"ops, x", "nobody, žluťoučký"})
  void takesNoFalseProofOfScram(String user, String password) throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(new Scram(client, user, password).prove()).startsWith(FAILURE);
    }
  }

  @Test
  void canPlayScramFalsely() throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      server.logins().scram(ScramConduct.WRONG_SIGNATURE);
      Scram wrong = new Scram(client, "ops", "žluťoučký");
      assertThat(SmtpTalk.challenge(wrong.prove()))
          .startsWith("v=")
          .isNotEqualTo("v=" + wrong.expectedSignature());
      assertThat(client.ask("*")).startsWith("501 ");

      server.logins().scram(ScramConduct.FOREIGN_NONCE);
      assertThat(new Scram(client, "ops", "žluťoučký").serverFirst())
          .doesNotStartWith("r=clientNonce");
      client.ask("*");

      server.logins().scram(ScramConduct.ONE_ITERATION);
      assertThat(new Scram(client, "ops", "žluťoučký").serverFirst()).endsWith(",i=1");
      client.ask("*");

      server.logins().scram(ScramConduct.NO_SIGNATURE);
      assertThat(new Scram(client, "ops", "žluťoučký").prove()).startsWith(SUCCESS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "XOAUTH2, 'user=ops@x.test\u0001auth=Bearer %s\u0001\u0001', 401",
    "OAUTHBEARER, 'n,a=ops@x.test,\u0001host=h\u0001port=1\u0001auth=Bearer %s\u0001\u0001', invalid_token"
  })
  void logsInWithTokens(String mechanism, String form, String status) throws Exception {
    server.logins().tokens("old", "fresh");
    server.requiringLogin();
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      String error = client.ask("AUTH " + mechanism + " " + SmtpTalk.base64(form.formatted("bad")));
      assertThat(SmtpTalk.challenge(error)).contains("\"status\":\"" + status + "\"");
      assertThat(client.ask("AQ==")).startsWith(FAILURE);
      server.logins().tokens("fresh");
      client.ask("AUTH " + mechanism + " " + SmtpTalk.base64(form.formatted("old")));
      assertThat(client.ask("")).startsWith(FAILURE);
      assertThat(client.ask("AUTH " + mechanism)).isEqualTo("334 ");
      assertThat(client.ask64(form.formatted("fresh"))).startsWith(SUCCESS);
      client.say("MAIL FROM:<a@x.test> AUTH=<>", "RCPT TO:<b@y.test>", "DATA");
      client.reply();
      client.reply();
      client.reply();
      client.say(".");
      client.reply();
    }
    assertThat(server.messages().get(0).client().user()).isEqualTo("ops@x.test");
    assertThat(server.loginAttempts()).isEqualTo(3);
    assertThat(server.successfulLogins()).isEqualTo(1);
  }

  @Test
  void takesLoginsUnderTlsOnlyIfToldSo() throws Exception {
    server.securing(ServerCertificate.LOCALHOST.context()).requiringLogin().logins().onlyUnderTls();
    String login = "AUTH PLAIN " + SmtpTalk.base64("\0ops\0žluťoučký");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("EHLO me")).doesNotContain("AUTH");
      assertThat(client.ask(login)).startsWith("538 5.7.11");
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("530 5.7.0");
      client.ask("STARTTLS");
      client.startTls(ServerCertificate.trusting());
      assertThat(client.ask("EHLO me")).contains("AUTH PLAIN");
      assertThat(client.ask(login)).startsWith(SUCCESS);
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("250 ");
    }
  }

  @Test
  void forgetsNoLoginButThatInClear() throws Exception {
    server.securing(ServerCertificate.LOCALHOST.context()).requiringLogin();
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.ask("AUTH PLAIN " + SmtpTalk.base64("\0ops\0žluťoučký"));
      client.ask("EHLO again");
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("250 ");
      client.ask("STARTTLS");
      client.startTls(ServerCertificate.trusting());
      client.ask("EHLO me");
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("530 ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AUTH PLAIN ?, 501 5.5.2",
    "AUTH PLAIN =, 501 5.5.2",
    "AUTH PLAIN YQ==, 501 5.5.2",
    "AUTH CRAM-MD5 YQ==, 501 5.5.2",
    "AUTH SCRAM-SHA-256 YQ==, 501 5.5.2",
    "AUTH GSSAPI, 504 5.5.4",
    "AUTH, 504 5.5.4"
  })
  void refusesWhatIsMalformed(String line, String reply) throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask(line)).startsWith(reply);
    }
  }

  @Test
  void takesAStarForAnEnd() throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.ask("AUTH LOGIN");
      assertThat(client.ask("*")).startsWith("501 5.7.0");
      client.ask("AUTH LOGIN");
      assertThat(client.ask("no base64!")).startsWith("501 5.5.2");
      assertThat(client.ask("NOOP")).startsWith("250 ");
    }
  }

  @Test
  void saysOfALoginWhatItIsTold() throws Exception {
    server.requiringLogin().at(SmtpPoint.LOGIN).once().reply("454 4.7.0 try later");
    server.at("AUTH LOGIN").reply("235 2.7.0 no need");
    String login = "AUTH PLAIN " + SmtpTalk.base64("\0ops\0žluťoučký");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask(login)).startsWith("454 4.7.0");
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("530 ");
      assertThat(client.ask("AUTH LOGIN")).isEqualTo("235 2.7.0 no need");
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("250 ");
    }
  }

  /** The client's side of RFC 5802. */
  private static final class Scram {
    private final SmtpTalk client;
    private final String password;
    private final String first;
    private final String serverFirst;
    private String dialogue = "";

    Scram(SmtpTalk client, String user, String password) throws IOException {
      this.client = client;
      this.password = password;
      this.first = "n=" + user + ",r=clientNonce";
      this.serverFirst =
          SmtpTalk.challenge(client.ask("AUTH SCRAM-SHA-256 " + SmtpTalk.base64("n,," + first)));
    }

    String serverFirst() {
      return serverFirst;
    }

    String prove() throws Exception {
      String last = "c=biws," + serverFirst.split(",s=", -1)[0];
      dialogue = first + "," + serverFirst + "," + last;
      byte[] key = hmac(salted(), "Client Key");
      byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(key), dialogue);
      for (int i = 0; i < key.length; i++) {
        key[i] ^= signature[i];
      }
      return client.ask64(last + ",p=" + Base64.getEncoder().encodeToString(key));
    }

    String expectedSignature() throws Exception {
      return Base64.getEncoder().encodeToString(hmac(hmac(salted(), "Server Key"), dialogue));
    }

    private byte[] salted() throws Exception {
      String[] parts = serverFirst.split(",[si]=", -1);
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(
              new PBEKeySpec(
                  password.toCharArray(),
                  Base64.getDecoder().decode(parts[1]),
                  Integer.parseInt(parts[2]),
                  256))
          .getEncoded();
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    }
  }
}

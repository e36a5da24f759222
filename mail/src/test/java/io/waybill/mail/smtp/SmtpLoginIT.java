package io.waybill.mail.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.AccessToken;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.TokenSource;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScramConduct;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.ServerCertificate;
import io.waybill.testkit.SmtpPoint;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS and AUTH: what is demanded before anything of a message is said. */
@Timeout(60)
@ExtendWith(Leaks.class)
class SmtpLoginIT {
  private static final String PASSWORD = "s3cr3t-Pa55";

  private ScriptedSmtpServer server;

  @BeforeEach
  void start() {
    server = ScriptedSmtpServer.start();
    server.user("ops", PASSWORD).requiringLogin();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MailAccount.Builder account() {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(server.port())
        .security(MailSecurity.PLAINTEXT)
        .user("ops")
        .password(() -> PASSWORD);
  }

  private MailAccount.Builder protectedAccount(ServerCertificate certificate) {
    server.securing(certificate.context());
    return account().security(MailSecurity.STARTTLS).sslContext(ServerCertificate.trusting());
  }

  private boolean send(MailAccount account) {
    try (MailSender sender = SmtpSender.connect(account)) {
      Message message =
          Message.builder().from("ops@example.org").to("you@example.net").text("x").build();
      return sender.send(message).isComplete();
    }
  }

  private void assertNothingWasSaid(MailAccount account, Class<? extends MailException> failure) {
    assertThatExceptionOfType(failure)
        .isThrownBy(() -> send(account))
        .satisfies(e -> assertThat(e.isTransient()).isFalse())
        .satisfies(e -> assertThat(e.toString()).doesNotContain(PASSWORD));
    assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "535 5.7.8 no user ops with password s3cr3t-Pa55",
        "535 5.7.8 AUTH PLAIN AG9wcwBzM2NyM3QtUGE1NQ== is wrong",
        "535 5.7.8 unknown: AG9wcwBzM2NyM3Q..."
      })
  void whatWasSentIsNotShownHoweverTheServerRepeatsIt(String echo) {
    server.logins().mechanisms("PLAIN");
    server.at(SmtpPoint.AUTH).reply(echo);
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> send(account().build()))
        .withMessageContaining("not shown")
        .satisfies(e -> assertThat(e.toString()).doesNotContain("s3cr3t", "AG9wcw", "zM2NyM3Q"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"})
  void logsInByEachMechanism(String mechanism) {
    server.logins().mechanisms(mechanism);
    assertThat(send(account().build())).isTrue();
    assertThat(server.successfulLogins()).isEqualTo(1);
    assertThat(server.heard()).anyMatch(line -> line.startsWith("AUTH " + mechanism));
  }

  @ParameterizedTest
  @CsvSource({
    "true, SCRAM-SHA-256 PLAIN LOGIN CRAM-MD5, SCRAM-SHA-256",
    "true, CRAM-MD5 LOGIN PLAIN, PLAIN",
    "false, PLAIN CRAM-MD5, CRAM-MD5"
  })
  void choosesTheBestThatIsOffered(boolean isProtected, String offered, String chosen) {
    server.logins().mechanisms(offered.split(" ", -1));
    MailAccount account =
        isProtected ? protectedAccount(ServerCertificate.LOCALHOST).build() : account().build();
    assertThat(send(account)).isTrue();
    assertThat(server.heard()).anyMatch(line -> line.startsWith("AUTH " + chosen));
  }

  @Test
  void theAccountsOwnMechanismIsTheOnlyOne() {
    server.logins().mechanisms("PLAIN", "LOGIN");
    assertThat(send(account().mechanism("LOGIN").build())).isTrue();
    assertThat(server.heard()).anyMatch(line -> line.startsWith("AUTH LOGIN"));
    assertNothingWasSaidBy(account().mechanism("CRAM-MD5").build());
  }

  private void assertNothingWasSaidBy(MailAccount account) {
    int before = server.heard().size();
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> send(account))
        .withMessageContaining("PLAIN, LOGIN");
    assertThat(server.heard().subList(before, server.heard().size()))
        .noneMatch(line -> line.startsWith("AUTH"));
  }

  @ParameterizedTest
  @EnumSource(
      value = ScramConduct.class,
      names = {"WRONG_SIGNATURE", "NO_SIGNATURE", "FOREIGN_NONCE", "ONE_ITERATION"})
  void aServerThatDoesNotKnowThePasswordIsNotBelieved(ScramConduct conduct) {
    server.logins().mechanisms("SCRAM-SHA-256").scram(conduct);
    assertNothingWasSaid(account().build(), MailException.AuthenticationFailed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"XOAUTH2", "OAUTHBEARER"})
  void logsInWithATokenAndAsksForAnotherWhenItIsRefused(String mechanism) {
    server.logins().mechanisms(mechanism).tokens("fresh-token");
    List<String> given = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    TokenSource tokens =
        new TokenSource() {
          @Override
          public AccessToken token() {
            String value = refused.isEmpty() ? "stale-token" : "fresh-token";
            given.add(value);
            return new AccessToken(value, Instant.parse("2030-01-01T00:00:00Z"));
          }

          @Override
          public void invalidate(AccessToken token) {
            refused.add(token.value());
          }
        };
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(server.port())
            .security(MailSecurity.PLAINTEXT)
            .user("ops")
            .tokens(tokens)
            .build();
    assertThat(send(account)).isTrue();
    assertThat(given).containsExactly("stale-token", "fresh-token");
    assertThat(refused).containsExactly("stale-token");
  }

  @Test
  void temporaryTroubleWithLoginsIsTransient() {
    server.at(SmtpPoint.LOGIN).reply("454 4.7.0 temporary authentication failure");
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> send(account().build()))
        .satisfies(e -> assertThat(e.isTransient()).isTrue());
  }

  @Test
  void sendsUnderStartTls() {
    assertThat(send(protectedAccount(ServerCertificate.LOCALHOST).build())).isTrue();
    assertThat(server.accepted().get(0).client().toString()).contains("TLS");
  }

  @Test
  void sendsUnderImplicitTls() {
    server.securingFromTheStart(ServerCertificate.LOCALHOST.context());
    MailAccount account =
        account()
            .security(MailSecurity.IMPLICIT_TLS)
            .sslContext(ServerCertificate.trusting())
            .build();
    assertThat(send(account)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "OTHER_NAME, is for another name",
    "EXPIRED, has expired",
    "STRANGER, trust the authority"
  })
  void aCertificateThatDoesNotFitEndsBeforeTheLogin(ServerCertificate certificate, String why) {
    MailAccount account = protectedAccount(certificate).build();
    assertNothingWasSaid(account, MailException.TlsFailed.class);
    assertThat(server.loginAttempts()).isZero();
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(() -> send(account))
        .withMessageContaining(why);
  }

  @Test
  void strippedStartTlsEndsBeforeTheLogin() {
    MailAccount account = protectedAccount(ServerCertificate.LOCALHOST).build();
    server.withholding("STARTTLS");
    assertNothingWasSaid(account, MailException.TlsFailed.class);
    assertThat(server.loginAttempts()).isZero();
  }

  @Test
  void whatIsInjectedBeforeTlsIsNotHeardAfterIt() {
    MailAccount account = protectedAccount(ServerCertificate.LOCALHOST).build();
    server.at(SmtpPoint.STARTTLS).adding("250 injected");
    assertNothingWasSaid(account, MailException.TlsFailed.class);
  }

  @Test
  void noLoginOfferedEndsBeforeMail() {
    server.withholding("AUTH");
    assertNothingWasSaid(account().build(), MailException.AuthenticationFailed.class);
  }

  @Test
  void aTokenSourceThatFailsLeavesTheSenderUsable() {
    server.logins().mechanisms("XOAUTH2").tokens("t");
    boolean[] broken = {true};
    TokenSource tokens =
        new TokenSource() {
          @Override
          public AccessToken token() {
            if (broken[0]) {
              throw new MailException.AuthenticationFailed("idp", "ops", "down", true, null);
            }
            return new AccessToken("t", Instant.MAX);
          }

          @Override
          public void invalidate(AccessToken token) {}
        };
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(server.port())
            .security(MailSecurity.PLAINTEXT)
            .user("ops")
            .tokens(tokens)
            .build();
    Message message =
        Message.builder().from("ops@example.org").to("you@example.net").text("x").build();
    try (MailSender sender = SmtpSender.lazy(account, Clock.systemUTC())) {
      for (int i = 0; i < 6; i++) { // more often than there are connections
        assertThatExceptionOfType(MailException.AuthenticationFailed.class)
            .isThrownBy(() -> sender.send(message));
      }
      broken[0] = false;
      assertThat(sender.send(message).isComplete()).isTrue();
    }
  }
}

package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.MailLogin;
import io.waybill.jobs.MailLogin.Issuer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who logs in to mail servers of both types, and where those of mailboxes are. */
class MailLoginKeysTest {
  private final List<String> warnings = new ArrayList<>();
  private final JobFileLoader loader =
      new JobFileLoader(
          FakeStepType.ALL,
          new SecretSources(Map.of("P", "pw", "Q", "qw"), s -> {}, w -> {}),
          problem -> warnings.add(problem.message()));

  private Connection load(String keys) {
    return loader
        .loadText(
            "test.yml",
            """
            version: 1
            timezone: UTC
            secrets: { p: { env: P }, q: { env: Q } }
            connections:
              cc: { %s }
            """
                .formatted(keys),
            Path.of("/etc/w"))
        .connections()
        .find("cc")
        .orElseThrow();
  }

  private Connection.Mailbox mailbox(String keys) {
    return (Connection.Mailbox) load("type: imap, user: u, password: '${secrets.p}', " + keys);
  }

  private MailLogin login(String type, String keys) {
    Connection given = load("type: " + type + ", host: h, user: u, " + keys);
    MailLogin login =
        given instanceof Connection.Mailbox mailbox
            ? mailbox.login()
            : ((Connection.Outgoing) given).login().orElseThrow();
    assertThat(login.user()).isEqualTo("u");
    return login;
  }

  private MailLogin.OAuth oauth(String type, String keys) {
    return (MailLogin.OAuth) login(type, "oauth: " + keys).proof();
  }

  @Test
  void mailboxThroughAProxyAndDeflated() {
    Connection.Mailbox usual = mailbox("host: h");
    assertThat(usual.isCompressed()).isFalse();
    assertThat(usual.line()).isEqualTo(Connection.Line.USUAL);

    Connection.Mailbox given =
        mailbox(
            "host: h, compress: true, proxy: 'http://p:3128', proxy-user: me, proxy-password: '${secrets.q}'");
    assertThat(given.isCompressed()).isTrue();
    Connection.Proxy proxy = given.line().proxy().orElseThrow();
    assertThat(proxy.url()).isEqualTo("http://p:3128");
    assertThat(proxy.login().orElseThrow().user()).isEqualTo("me");
    assertThat(proxy.login().orElseThrow().password().get()).isEqualTo("qw");
  }

  @ParameterizedTest
  @CsvSource({
    "gmail, '', imap.gmail.com, 993, IMPLICIT",
    "office365, '', outlook.office365.com, 993, IMPLICIT",
    "icloud, '', imap.mail.me.com, 993, IMPLICIT",
    "generic, ', host: h', h, 993, IMPLICIT",
    "generic, ', host: h, tls: starttls', h, 143, STARTTLS",
    "gmail, ', host: h', h, 993, IMPLICIT",
    "gmail, ', port: 7', imap.gmail.com, 7, IMPLICIT",
    "gmail, ', tls: starttls', imap.gmail.com, 143, STARTTLS"
  })
  void providerOfAMailbox(String name, String more, String host, int port, Tls tls) {
    Connection.Mailbox given = mailbox("provider: " + name + more);

    assertThat(given.host()).isEqualTo(host);
    assertThat(given.port()).isEqualTo(port);
    assertThat(given.tls()).isEqualTo(tls);
  }

  @Test
  void caOfAMailbox() {
    assertThat(mailbox("host: h, ca: /etc/ca.pem").trust())
        .isEqualTo(new Trust.Authority(Path.of("/etc/ca.pem")));
    assertThat(mailbox("host: h").trust()).isEqualTo(new Trust.Public());
    assertThat(mailbox("host: h, tls: off").trust()).isEqualTo(new Trust.Plaintext());
  }

  @ParameterizedTest
  @ValueSource(strings = {"imap", "smtp"})
  void aPassword(String type) {
    MailLogin given = login(type, "password: '${secrets.p}'");

    assertThat(((MailLogin.Password) given.proof()).secret().get()).isEqualTo("pw");
    assertThat(given.mechanism()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "imap, plain, PLAIN",
    "imap, login, LOGIN",
    "imap, cram-md5, CRAM-MD5",
    "imap, scram-sha-256, SCRAM-SHA-256",
    "smtp, plain, PLAIN",
    "smtp, login, LOGIN",
    "smtp, cram-md5, CRAM-MD5",
    "smtp, scram-sha-256, SCRAM-SHA-256"
  })
  void auth(String type, String word, String mechanism) {
    assertThat(login(type, "password: '${secrets.p}', auth: " + word).mechanism())
        .contains(mechanism);
  }

  @ParameterizedTest
  @CsvSource({
    "imap, xoauth2, XOAUTH2",
    "imap, oauthbearer, OAUTHBEARER",
    "smtp, xoauth2, XOAUTH2",
    "smtp, oauthbearer, OAUTHBEARER"
  })
  void authByToken(String type, String word, String mechanism) {
    String keys =
        "oauth: { provider: google, client-id: c, refresh-token: '${secrets.p}' }, auth: " + word;
    assertThat(login(type, keys).mechanism()).contains(mechanism);
  }

  @ParameterizedTest
  @ValueSource(strings = {"imap", "smtp"})
  void oauthAtGoogle(String type) {
    MailLogin.OAuth given =
        oauth(
            type,
            """
            { provider: google, client-id: c, client-secret: '${secrets.p}',
                refresh-token: '${secrets.q}', scope: 'https://mail.google.com/' }
            """);

    assertThat(given.issuer()).isEqualTo(new Issuer.Google());
    assertThat(given.client().id()).isEqualTo("c");
    assertThat(given.client().secret().orElseThrow().get()).isEqualTo("pw");
    assertThat(given.refreshToken().orElseThrow().get()).isEqualTo("qw");
    assertThat(given.scope()).contains("https://mail.google.com/");
    assertThat(given.toString()).doesNotContain("pw", "qw");
  }

  @ParameterizedTest
  @ValueSource(strings = {"imap", "smtp"})
  void oauthAtMicrosoft(String type) {
    assertThat(
            oauth(type, "{ provider: microsoft, client-id: c, refresh-token: '${secrets.p}' }")
                .issuer())
        .isEqualTo(new Issuer.Microsoft("common"));
    MailLogin.OAuth given =
        oauth(
            type,
            "{ provider: microsoft, tenant: acme.example, client-id: c, client-secret: '${secrets.p}' }");
    assertThat(given.issuer()).isEqualTo(new Issuer.Microsoft("acme.example"));
    assertThat(given.refreshToken()).isEmpty();
    assertThat(given.scope()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"imap", "smtp"})
  void oauthElsewhere(String type) {
    MailLogin.OAuth given =
        oauth(
            type,
            "{ endpoint: 'https://id.acme.example/t', client-id: c, client-secret: '${secrets.p}' }");

    assertThat(given.issuer())
        .isEqualTo(new Issuer.Endpoint(URI.create("https://id.acme.example/t")));
    assertThat(
            oauth(
                    type,
                    "{ endpoint: 'http://127.0.0.1:9/t', client-id: c, refresh-token: '${secrets.p}' }")
                .client()
                .secret())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"imap", "smtp"})
  void whatTravelsInClearIsNamed(String type) {
    login(type, "tls: off, password: '${secrets.p}'");
    login(
        type, "tls: off, oauth: { provider: google, client-id: c, refresh-token: '${secrets.p}' }");

    assertThat(warnings)
        .containsExactly(
            "connection \"cc\" sends its password to h in clear",
            "connection \"cc\" sends its access tokens to h in clear");
  }
}

package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Submission;
import io.waybill.mail.MailProvider;
import io.waybill.mail.SendLimits;
import io.waybill.mail.SentCopy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How mail is handed over: every key once as written (mapping) and once left out (default). */
class SubmissionKeysTest {
  private final JobFileLoader loader =
      new JobFileLoader(
          FakeStepType.ALL,
          new SecretSources(Map.of("P", "pw", "Q", "qw"), s -> {}, w -> {}),
          problem -> {});

  private Connection.Outgoing outgoing(String keys) {
    return (Connection.Outgoing)
        loader
            .loadText(
                "test.yml",
                """
            version: 1
            timezone: UTC
            secrets: { p: { env: P }, q: { env: Q } }
            connections:
              box: { type: imap, host: i, user: u, password: "${secrets.p}" }
              cc: { %s }
            """
                    .formatted(keys),
                Path.of("/etc/w"))
            .connections()
            .find("cc")
            .orElseThrow();
  }

  private Submission how(String keys) {
    return outgoing(keys).submission();
  }

  @Test
  void whatIsNotSaidIsAsUsual() {
    Submission usual = how("type: smtp, host: h");

    assertThat(usual.trust()).isEqualTo(new Trust.Public());
    assertThat(usual.limits().toString()).isEqualTo(SendLimits.defaults().toString());
    assertThat(usual.ehloName()).isEmpty();
    assertThat(usual.messageIdDomain()).isEmpty();
    assertThat(usual.dkim()).isEmpty();
    assertThat(usual.filing()).isEmpty();
    assertThat(usual.proxy()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "gmail, '', smtp.gmail.com, 465, IMPLICIT",
    "office365, '', smtp.office365.com, 587, STARTTLS",
    "icloud, '', smtp.mail.me.com, 587, STARTTLS",
    "ses, ', host: email-smtp.eu-west-1.amazonaws.com', email-smtp.eu-west-1.amazonaws.com, 465, IMPLICIT",
    "generic, ', host: h', h, 587, STARTTLS",
    "gmail, ', host: h', h, 465, IMPLICIT",
    "gmail, ', port: 7', smtp.gmail.com, 7, IMPLICIT",
    "gmail, ', tls: starttls', smtp.gmail.com, 587, STARTTLS"
  })
  void provider(String name, String more, String host, int port, Tls tls) {
    Connection.Outgoing given = outgoing("type: smtp, provider: " + name + more);

    assertThat(given.host()).isEqualTo(host);
    assertThat(given.port()).isEqualTo(port);
    assertThat(given.tls()).isEqualTo(tls);
    assertThat(given.submission().limits().toString())
        .isEqualTo(MailProvider.named(name).orElseThrow().limits().toString());
  }

  @Test
  void whatTheFileSaysCountsBeforeTheProvidersLimits() {
    SendLimits limits =
        how("type: smtp, provider: office365, messages-per-minute: 0, max-connections: 2").limits();

    assertThat(limits.messagesPerMinute()).isZero();
    assertThat(limits.connections()).isEqualTo(2);
    assertThat(limits.recipientsPerDay()).isEqualTo(10_000);
  }

  @Test
  void limits() {
    SendLimits limits =
        how("""
            type: smtp, host: h, max-connections: 64, messages-per-connection: 7,
                recipients-per-message: 8, messages-per-minute: 9, recipients-per-day: 10
            """)
            .limits();

    assertThat(limits.connections()).isEqualTo(64);
    assertThat(limits.messagesPerConnection()).isEqualTo(7);
    assertThat(limits.recipientsPerMessage()).isEqualTo(8);
    assertThat(limits.messagesPerMinute()).isEqualTo(9);
    assertThat(limits.recipientsPerDay()).isEqualTo(10);
  }

  @Test
  void ca() {
    assertThat(how("type: smtp, host: h, ca: /etc/ca.pem").trust())
        .isEqualTo(new Trust.Authority(Path.of("/etc/ca.pem")));
    assertThat(how("type: smtp, host: h, tls: off").trust()).isEqualTo(new Trust.Plaintext());
  }

  @Test
  void namesOfThisEnd() {
    Submission given =
        how("type: smtp, host: h, ehlo: robot.acme.example, message-id-domain: acme.example");

    assertThat(given.ehloName()).contains("robot.acme.example");
    assertThat(given.messageIdDomain()).contains("acme.example");
  }

  @Test
  void dkim() {
    List<Submission.Dkim> one =
        how("type: smtp, host: h, dkim: { domain: acme.example, selector: s1, key: '${secrets.p}' }")
            .dkim();
    assertThat(one).hasSize(1);
    assertThat(one.get(0).domain()).isEqualTo("acme.example");
    assertThat(one.get(0).selector()).isEqualTo("s1");
    assertThat(one.get(0).key().get()).isEqualTo("pw");

    List<Submission.Dkim> two =
        how("""
            type: smtp, host: h, dkim: [ { domain: a.example, selector: r, key: '${secrets.p}' },
                { domain: a.example, selector: e, key: '${secrets.q}' } ]
            """)
            .dkim();
    assertThat(two).extracting(Submission.Dkim::selector).containsExactly("r", "e");
  }

  @ParameterizedTest
  @CsvSource({
    "'', , AUTO",
    "', folder: INBOX.Sent', INBOX.Sent, AUTO",
    "', when: append', , APPEND",
    "', when: never', , NEVER"
  })
  void sentCopy(String more, @Nullable String folder, SentCopy when) {
    assertThat(how("type: smtp, host: h, sent-copy: { mailbox: box%s }".formatted(more)).filing())
        .contains(new Submission.Filing("box", Optional.ofNullable(folder), when));
  }

  @ParameterizedTest
  @CsvSource({"auto, NEVER", "append, APPEND"})
  void aProviderThatFilesByItselfGetsNoCopyUnlessOneIsWanted(String word, SentCopy when) {
    assertThat(
            how("type: smtp, provider: gmail, sent-copy: { mailbox: box, when: %s }"
                    .formatted(word))
                .filing()
                .map(Submission.Filing::when))
        .contains(when);
  }

  @Test
  void proxy() {
    Connection.Outgoing given =
        outgoing(
            "type: smtp, host: h, proxy: 'http://p:3128', proxy-user: me, proxy-password: '${secrets.p}'");

    Connection.Proxy proxy = given.submission().proxy().orElseThrow();
    assertThat(proxy.url()).isEqualTo("http://p:3128");
    assertThat(proxy.login().orElseThrow().user()).isEqualTo("me");
    assertThat(proxy.login().orElseThrow().password().get()).isEqualTo("pw");
    assertThat(given.line().proxy()).contains(proxy);
    assertThat(how("type: smtp, host: h, proxy: 'socks5://p:1080'").proxy())
        .contains(new Connection.Proxy("socks5://p:1080", Optional.empty()));
  }
}

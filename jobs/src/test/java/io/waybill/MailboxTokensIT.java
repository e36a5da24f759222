package io.waybill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.RunRecord;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedImapServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a mailbox of the job file is opened by access tokens, wherever it is read or written to. */
@Timeout(60)
@ExtendWith(Leaks.class)
class MailboxTokensIT {
  private static final String SECRETS = "client: { file: client }, first: { file: first }";
  private static final String FETCH =
      "- { id: read, mail.fetch: { mailbox: mailbox, expect: { min-messages: 1 } } }";
  private static final String SEND =
      "- { id: report, mail.send: { via: outgoing, to: a@b.example, subject: s, text: t } }";

  @TempDir private Path directory;
  private final ScriptedImapServer mailbox = ScriptedImapServer.start();
  private final TokenEndpoint endpoint = new TokenEndpoint();
  private MailFixture fixture;

  @BeforeEach
  void start() {
    fixture = new MailFixture(directory);
    fixture.write("client", "client-secret");
    fixture.write("first", "refresh-1");
    mailbox.folder("INBOX").add("Subject: hello", "", "text");
  }

  @AfterEach
  void stop() {
    fixture.close();
    endpoint.close();
    mailbox.close();
  }

  private String oauth() {
    return """
        tls: off, user: robot@acme.example, oauth: { endpoint: "%s", client-id: c,
            client-secret: "${secrets.client}", refresh-token: "${secrets.first}" }\
        """
        .formatted(endpoint.uri());
  }

  private String mailbox(String more) {
    return "mailbox: { type: imap, host: 127.0.0.1, port: %d, %s%s }"
        .formatted(mailbox.port(), oauth(), more);
  }

  private Path kept(String connection) {
    return fixture.state().mailTokens().resolve(connection + ".token");
  }

  /** Returns by what mechanism each login was tried, and what it said. */
  private List<String> logins() {
    return mailbox.heard().stream()
        .filter(each -> each.startsWith("AUTHENTICATE "))
        .map(
            each -> {
              List<String> words = List.of(each.split(" "));
              String said = new String(Base64.getDecoder().decode(words.get(2)), UTF_8);
              return words.get(1) + " " + said.replace('\u0001', '|');
            })
        .toList();
  }

  private CommandLineRun mail(String... words) {
    List<String> all = new ArrayList<>(List.of("mail"));
    all.addAll(List.of(words));
    all.addAll(List.of("-c", directory.resolve("waybill.yml").toString()));
    CommandLineRun run =
        CommandLineRun.of(
            Map.of("WAYBILL_STATE", fixture.state().path().toString()), all.toArray(String[]::new));
    assertThat(run.out() + run.err()).doesNotContain("access-", "refresh-", "client-secret");
    return run;
  }

  @ParameterizedTest
  @ValueSource(strings = {"xoauth2", "oauthbearer"})
  void aStepAndACommandReadByTokens(String mechanism) throws Exception {
    mailbox.logins().tokens("access-2", "access-3");
    fixture.jobFile(SECRETS, List.of(mailbox(", auth: " + mechanism)), List.of(FETCH));
    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");
      assertThat(record.run().message()).isEmpty();
      // a token that is good is used again
      assertThat(waybill.run("job").isSuccess()).isTrue();
    }
    String first =
        mechanism.equals("xoauth2")
            ? "XOAUTH2 user=robot@acme.example|auth=Bearer access-2||"
            : "OAUTHBEARER n,a=robot@acme.example,|host=127.0.0.1|port=%d|auth=Bearer access-2||"
                .formatted(mailbox.port());
    assertThat(logins()).containsExactly(first, first);
    assertThat(endpoint.asked()).hasSize(1);
    assertThat(endpoint.asked().get(0))
        .contains("client_id=c", "client_secret=client-secret", "refresh_token=refresh-1");
    assertThat(kept("mailbox")).hasContent("refresh-2");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept("mailbox"))))
        .isEqualTo("rw-------");

    // another process begins where this one ended
    CommandLineRun listed = mail("ls", "mailbox", "--trace");
    assertThat(listed.code()).as(listed.err()).isZero();
    assertThat(listed.out()).contains("hello");
    assertThat(endpoint.asked().get(1)).contains("refresh_token=refresh-2");
    assertThat(logins().get(2)).contains("access-3");
    assertThat(kept("mailbox")).hasContent("refresh-3");
  }

  @Test
  void aCommandAsksForOneTokenForAllItsConnections() {
    mailbox.logins().tokens("access-2");
    fixture.jobFile(SECRETS, List.of(mailbox("")), List.of(FETCH));

    CommandLineRun saved =
        mail("save", "mailbox", "1", "--eml", "--dir", directory.resolve("saved").toString());
    assertThat(saved.code()).as(saved.err()).isZero();
    assertThat(directory.resolve("saved/1.eml")).content().contains("Subject: hello");
    assertThat(endpoint.asked()).hasSize(1);
  }

  @Test
  void theSameUserOfTwoConnectionsHasTheTokensOfEach() {
    mailbox.logins().tokens("access-2", "access-3");
    mailbox.marking("Sent", "\\Sent");
    fixture.server.logins().tokens("access-2", "access-3");
    fixture.jobFile(
        SECRETS,
        List.of(
            mailbox(""),
            fixture.outgoing(", " + oauth() + ", sent-copy: { mailbox: mailbox, when: append }")),
        List.of(SEND, FETCH));

    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");
      assertThat(record.run().message()).isEmpty();
    }
    assertThat(fixture.server.messages()).hasSize(1);
    assertThat(mailbox.folder("Sent").uids()).hasSize(1);
    assertThat(endpoint.asked())
        .hasSize(2)
        .allSatisfy(form -> assertThat(form).contains("refresh_token=refresh-1"));
    assertThat(kept("outgoing")).hasContent("refresh-2");
    assertThat(kept("mailbox")).hasContent("refresh-3");
    // the copy and the step after it
    assertThat(logins()).hasSize(2).allSatisfy(each -> assertThat(each).contains("access-3"));
  }

  @Test
  void aTokenThatTheServerRefusesIsTriedOnceAndTheNextLoginHasAnother() {
    mailbox.logins().tokens("access-3");
    fixture.jobFile(SECRETS, List.of(mailbox(", auth: xoauth2")), List.of(FETCH));
    try (Waybill waybill = fixture.open()) {
      RunRecord refused = waybill.run("job");
      assertThat(refused.isSuccess()).isFalse();
      assertThat(refused.run().message())
          .contains("robot@acme.example", "AUTHENTICATIONFAILED", "(401)")
          .doesNotContain("access-");
      assertThat(logins()).singleElement().asString().contains("access-2");

      assertThat(waybill.run("job").isSuccess()).isTrue();
      assertThat(logins()).hasSize(2).last().asString().contains("access-3");
      assertThat(endpoint.asked()).hasSize(2);
    }
  }

  @Test
  void aRefreshTokenThatIsWorthNothingIsToBeReplaced() {
    mailbox.logins().tokens("access-2");
    endpoint.refuse();
    fixture.jobFile(SECRETS, List.of(mailbox("")), List.of(FETCH));
    String what = "log in there again and put the new refresh token into " + kept("mailbox");
    try (Waybill waybill = fixture.open()) {
      RunRecord record = waybill.run("job");
      assertThat(record.isSuccess()).isFalse();
      assertThat(record.run().message()).contains("invalid_grant", what);
      // it is not asked again and again
      assertThat(waybill.run("job").run().message()).contains("it is not asked again before");
    }
    assertThat(endpoint.asked()).hasSize(1);
    CommandLineRun run = mail("ls", "mailbox");
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.err()).contains("invalid_grant", "no access token for 'robot@acme.example'");
    assertThat(logins()).isEmpty();
  }

  @Test
  void aMessageIsSentWhereItsCopyHasNoToken() throws Exception {
    mailbox.logins().tokens("access-2");
    Files.delete(directory.resolve("first"));
    fixture.jobFile(
        SECRETS,
        List.of(
            mailbox(""),
            fixture.outgoing(", tls: off, sent-copy: { mailbox: mailbox, when: append }")),
        List.of(SEND));

    try (Waybill waybill = fixture.open()) {
      assertThat(waybill.run("job").isSuccess()).isTrue();
      List<OutboxEntry> sent = waybill.outbox().list(Set.of(OutboxState.SENT), 10);
      assertThat(sent).hasSize(1);
      assertThat(sent.get(0).lastError().orElseThrow())
          .contains("its copy could not be put into the folder of sent mail", "\"first\"");
    }
  }
}

package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.mail.AccessToken;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.TokenSource;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.GmailFacts;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.inbox.MemoryLedger;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFolder;
import io.waybill.testkit.ScriptedImapServer;
import io.waybill.testkit.ServerCertificate;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no server admits to doing. */
@Timeout(60)
@ExtendWith(Leaks.class)
class ScriptedImapIT {
  private static final String PASSWORD = "s3cr3t-Pa55word";

  private final ScriptedImapServer server = ScriptedImapServer.start().user("ops", PASSWORD);
  private final ScriptedFolder inbox = server.folder("INBOX");
  private final MailLedger ledger = new MemoryLedger(Clock.systemUTC());
  private final List<String> handled = new ArrayList<>();

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

  private PollReport poll(PollSpec.Builder spec) {
    try (MailboxReader reader = MailboxReader.lazy(account().build(), Clock.systemUTC())) {
      return reader.poll(spec.build(), ledger, (mail, ack) -> handled.add(mail.mail().subject()));
    }
  }

  private static PollSpec.Builder all() {
    return PollSpec.builder().from(StartFrom.ALL);
  }

  private long add(String subject) {
    return inbox.add(
        "Message-ID: <" + subject + "@example.org>", "Subject: " + subject, "", "text");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000})
  void answersSplitAnywhereAreReadWhole(int pieces) {
    add("one");
    inbox.add("Subject: two", "", "{12}", "* 3 FETCH (UID 9)", "a {5}");
    add("three");
    server.inPiecesOf(pieces);
    poll(all());
    assertThat(handled).containsExactly("one", "two", "three");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"})
  void logsInByEachMechanism(String mechanism) {
    server.logins().mechanisms(mechanism);
    add("one");
    assertThat(poll(all()).handled()).isEqualTo(1);
    assertThat(server.heard()).anyMatch(each -> each.startsWith("AUTHENTICATE " + mechanism));
  }

  @ParameterizedTest
  @ValueSource(strings = {"XOAUTH2", "OAUTHBEARER"})
  void logsInByToken(String mechanism) {
    server.logins().tokens("tok-123").mechanisms(mechanism);
    List<String> withdrawn = new ArrayList<>();
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(server.port())
            .security(MailSecurity.PLAINTEXT)
            .user("ops")
            .tokens(
                new TokenSource() {
                  @Override
                  public AccessToken token() {
                    return new AccessToken(withdrawn.isEmpty() ? "old" : "tok-123", Instant.MAX);
                  }

                  @Override
                  public void invalidate(AccessToken token) {
                    withdrawn.add(token.value());
                  }
                })
            .build();
    MailException refused =
        catchThrowableOfType(MailException.class, () -> MailboxReader.connect(account).close());
    assertThat(refused).isInstanceOf(MailException.AuthenticationFailed.class);
    assertThat(withdrawn).containsExactly("old");
    MailboxReader.connect(account).close();
  }

  @Test
  void aServerThatNamesNoMechanismIsAskedByLogin() {
    server.logins().mechanisms();
    MailboxReader.connect(account().build()).close();
    assertThat(server.heard()).anyMatch(each -> each.startsWith("LOGIN "));
    server.withholding("SASL-IR").logins().mechanisms("PLAIN");
    MailboxReader.connect(account().build()).close();
  }

  @Test
  void aWrongPasswordIsTriedOnceAndNeverShown() {
    try (MailboxReader reader =
        MailboxReader.lazy(
            account().password(() -> "wrong-" + PASSWORD).build(), Clock.systemUTC())) {
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(MailException.AuthenticationFailed.class)
            .isThrownBy(() -> reader.fetch(FetchSpec.builder().build()))
            .satisfies(e -> assertThat(e.toString()).doesNotContain(PASSWORD));
      }
    }
    assertThat(server.heard()).filteredOn(each -> each.startsWith("AUTHENTICATE")).hasSize(1);
  }

  @Test
  void whatTheServerRepeatsOfThePasswordIsNotShown() {
    server
        .at("AUTHENTICATE")
        .reply("{tag} NO bad password " + PASSWORD)
        .logins()
        .mechanisms("PLAIN");
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> MailboxReader.connect(account().build()))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(PASSWORD));
  }

  @Test
  void anEmptyFolderHasNothing() {
    try (MailboxReader reader = MailboxReader.lazy(account().build(), Clock.systemUTC())) {
      assertThat(reader.heads(FetchSpec.builder().build())).isEmpty();
      assertThat(reader.find(FetchSpec.builder().build())).isEmpty();
      assertThat(reader.fetch(FetchSpec.builder().build())).isEmpty();
      reader.changes("INBOX", ChangePoint.START, facts -> handled.add("one"));
    }
    assertThat(handled).isEmpty();
    assertThat(server.heard()).noneMatch(each -> each.contains(":0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[UNAVAILABLE] later, please",
        "Request is throttled. Suggested Backoff Time: 299961 milliseconds",
        "[ALERT] Too many simultaneous connections. (Failure)"
      })
  void whoAsksTooOftenHasNoWrongPassword(String answer) {
    server.at("AUTHENTICATE").reply("{tag} NO " + answer);
    MailException.AuthenticationFailed failure =
        catchThrowableOfType(
            MailException.AuthenticationFailed.class,
            () -> MailboxReader.connect(account().build()).close());
    assertThat(failure.isTransient()).isTrue();
  }

  @Test
  void whatTheServerListsAndDoesNotDescribeIsPutOff() {
    add("one");
    add("two");
    server
        .at("UID FETCH 1:2 (UID RFC822.SIZE")
        .reply(
            "* 1 FETCH (UID 1 RFC822.SIZE 10 INTERNALDATE \"99-Foo-0000 xx\" FLAGS ())",
            "{tag} OK done");
    PollReport report = poll(all());
    assertThat(report.putOff()).isEqualTo(2);
    assertThat(handled).isEmpty();
  }

  @Test
  void startTlsProtectsAndNothingSaidBeforeItCounts() {
    server.securing(ServerCertificate.LOCALHOST.context());
    MailAccount account =
        account()
            .host("localhost")
            .security(MailSecurity.STARTTLS)
            .sslContext(ServerCertificate.trusting())
            .build();
    MailboxReader.connect(account).close();
    server.at("STARTTLS").reply("{tag} OK begin\r\n* CAPABILITY IMAP4rev1 INJECTED");
    assertThatExceptionOfType(MailException.class)
        .isThrownBy(() -> MailboxReader.connect(account))
        .withMessageContaining("out of turn");
  }

  @Test
  void nobodyLogsInBeforeTls() {
    MailAccount account = account().security(MailSecurity.STARTTLS).build();
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(() -> MailboxReader.connect(account))
        .withMessageContaining("STARTTLS");
    server.securing(ServerCertificate.LOCALHOST.context()).preauthenticating();
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(() -> MailboxReader.connect(account));
    assertThat(server.heard()).noneMatch(each -> each.startsWith("AUTHENTICATE"));
  }

  @Test
  void aLiteralOfAnyLengthTakesNoMemoryBeforeItHasCome() {
    add("one");
    server.at("UID FETCH").reply("* 1 FETCH (UID 1 BODY[] {2000000000}", "x");
    assertThatExceptionOfType(MailException.ConnectionLost.class)
        .isThrownBy(() -> poll(all()))
        .withMessageContaining("more than");
  }

  @Test
  void anEndlessAnswerEnds() {
    add("one");
    String flood = "* OK " + "x".repeat(100_000);
    String[] lines = new String[400];
    Arrays.fill(lines, flood);
    server.at("UID SEARCH").reply(lines);
    assertThatExceptionOfType(MailException.ConnectionLost.class).isThrownBy(() -> poll(all()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* 1 FETCH (UID 1 FLAGS (\\Seen",
        "* LIST",
        "*",
        "* 1 FETCH (",
        "\u0000\u0001\u0002",
        "* SEARCH 99999999999999999999999999",
        "* OK [",
        "((((((((((((((((((("
      })
  void garbageIsAnErrorAndNoHang(String garbage) {
    add("one");
    server.at("UID SEARCH").once().adding(garbage);
    try {
      poll(all());
    } catch (MailException e) {
      assertThat(e).isInstanceOf(MailException.ConnectionLost.class);
    }
    poll(all());
    assertThat(handled).containsExactly("one");
  }

  @Test
  void structuresThatLieOrNestWithoutEndKeepNothingFromBeingRead() {
    long plain = add("plain");
    long lying = add("lying");
    long deep = add("deep");
    inbox.structure(plain, "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1)");
    inbox.structure(lying, "(((\"text\" \"plain\" NIL");
    inbox.structure(deep, "(".repeat(100_000));
    PollSpec.Builder spec = all().search(MailSearch.builder().withAttachment().build());
    try {
      assertThat(poll(spec).handled()).isZero();
    } catch (MailException e) {
      assertThat(e).isInstanceOf(MailException.ConnectionLost.class);
    }
    poll(all());
    assertThat(handled).containsExactly("plain", "lying", "deep");
  }

  @Test
  void sizesThatLieKeepNothingFromBeingRead() {
    long less = add("less");
    long more = add("more");
    byte[] large =
        ("Subject: large\r\n\r\n" + "x".repeat(3_000_000)).getBytes(StandardCharsets.UTF_8);
    long huge = inbox.add(large);
    inbox.lieAboutSize(less, -10);
    inbox.lieAboutSize(more, 100_000_000);
    inbox.lieAboutSize(huge, -2_900_000);
    poll(all());
    assertThat(handled).containsExactly("less", "more", "large");
  }

  @Test
  void whatIsExpungedInTheMiddleIsPassedOver() {
    add("one");
    long two = add("two");
    add("three");
    server.at("UID FETCH 1:3 (UID BODY").once().after(() -> inbox.expunge(two));
    poll(all());
    assertThat(handled).containsExactly("one", "three");
    assertThat(poll(all()).handled()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"UID FETCH", "UID SEARCH", "EXAMINE", "AUTHENTICATE"})
  void aPollGoesOnWhereTheConnectionEnded(String where) {
    add("one");
    add("two");
    server.at(where).once().drop();
    assertThatExceptionOfType(MailException.ConnectionLost.class).isThrownBy(() -> poll(all()));
    poll(all());
    assertThat(handled).containsExactly("one", "two");
  }

  @Test
  void aPollGoesOnWhereAnAnswerWasCutInTheMiddle() {
    for (int i = 0; i < 20; i++) {
      add("m" + i);
    }
    server.at("UID FETCH 1:20 (UID BODY").once().dropAfter(700);
    assertThatExceptionOfType(MailException.ConnectionLost.class).isThrownBy(() -> poll(all()));
    poll(all());
    assertThat(handled).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void aByeIsNotHushedUp() {
    add("one");
    server.at("UID SEARCH").once().bye("maintenance from 3 to 4");
    assertThatExceptionOfType(MailException.ConnectionLost.class)
        .isThrownBy(() -> poll(all()))
        .withMessageContaining("maintenance");
  }

  @Test
  void authenticatedButNotConnectedIsTriedAgain() {
    server.at("EXAMINE").once().reply("{tag} BAD User is authenticated but not connected.");
    assertThatExceptionOfType(MailException.class)
        .isThrownBy(() -> poll(all()))
        .satisfies(e -> assertThat(e.isTransient()).isTrue());
  }

  @Test
  void serversThatCanNeitherMoveNorExpungeByUidAreUsedWithCare() {
    server.withholding("MOVE", "UIDPLUS").folder("Done");
    long before = inbox.add("Subject: deleted by somebody else", "", "x");
    add("one");
    poll(
        all()
            .search(MailSearch.builder().subject("one").build())
            .after(AfterAction.moveTo("Done")));
    assertThat(inbox.uids()).contains(before);
    assertThat(server.heard()).noneMatch(each -> each.startsWith("EXPUNGE"));
    assertThat(server.folder("Done").uids()).hasSize(1);
    assertThat(inbox.flags(2)).contains("\\Deleted");
  }

  @Test
  void aMoveByCopyIsNotMadeTwice() {
    server.withholding("MOVE").folder("Done");
    add("one");
    server.at("UID STORE").once().drop();
    PollSpec.Builder spec = all().after(AfterAction.moveTo("Done"));
    assertThatExceptionOfType(MailException.class).isThrownBy(() -> poll(spec));
    poll(spec);
    assertThat(server.folder("Done").uids()).hasSize(1);
    assertThat(inbox.uids()).isEmpty();
    assertThat(handled).containsExactly("one");
  }

  @Test
  void aFolderThatAnotherConnectionHasMadeMeanwhileWillDo() {
    server.folder("Done");
    long uid = add("one");
    server.at("LIST").once().reply("{tag} OK done");
    server.at("CREATE").reply("{tag} NO [ALREADYEXISTS] it is there");
    try (MailboxReader reader = MailboxReader.lazy(account().build(), Clock.systemUTC())) {
      long uidValidity = reader.heads(FetchSpec.builder().build()).get(0).uidValidity();
      FilingSpec spec = FilingSpec.builder("INBOX", uidValidity).moveTo("Done").creating().build();
      assertThat(reader.file(spec, List.of(uid))).containsExactly(uid);
    }
    assertThat(server.folder("Done").uids()).hasSize(1);
    assertThat(server.heard()).anyMatch(each -> each.startsWith("CREATE"));
  }

  @Test
  void aRecreatedFolderIsRecognised() {
    add("one");
    add("two");
    poll(all());
    inbox.recreate(99, 500);
    add("three");
    assertThat(poll(all()).notice()).isPresent();
    assertThat(handled).containsExactly("one", "two", "three");
  }

  @Test
  void aFolderWithoutUidvalidityAndUidnextIsReadAllTheSame() {
    inbox.recreate(0, 1);
    inbox.withholdUidNext();
    add("one");
    poll(all());
    add("two");
    inbox.skipUids(1_000_000);
    add("three");
    poll(all());
    assertThat(handled).containsExactly("one", "two", "three");
  }

  @Test
  void gmailsNumbersAndLabelsAreRead() {
    server.offering("X-GM-EXT-1");
    add("one");
    try (MailboxReader reader = MailboxReader.connect(account().build())) {
      List<InboundMail> found = reader.fetch(FetchSpec.builder().build());
      assertThat(found.get(0).facts().gmail())
          .contains(new GmailFacts("1001", "2001", List.of("\\Inbox", "Two words")));
      found.forEach(InboundMail::close);
    }
  }

  @Test
  void factsAreAsTheServerSaysThem() {
    Instant received = Instant.parse("2026-02-03T04:05:06Z");
    inbox.add(
        "Subject: x\r\n\r\n".getBytes(StandardCharsets.UTF_8),
        received,
        List.of("\\Seen", "$Forwarded"));
    try (MailboxReader reader = MailboxReader.connect(account().build())) {
      InboundMail mail = reader.fetch(FetchSpec.builder().build()).get(0);
      assertThat(mail.facts().receivedAt()).isEqualTo(Optional.of(received));
      assertThat(mail.facts().flags()).containsExactly("\\Seen", "$Forwarded");
      mail.close();
    }
  }

  @Test
  void foldersAreListedWithTheirUse() {
    server.marking("Verschickt", "\\Sent");
    try (MailboxReader reader = MailboxReader.connect(account().build())) {
      assertThat(reader.folders())
          .contains(new MailFolder("Verschickt", true, Optional.of(MailFolder.Use.SENT)))
          .contains(new MailFolder("INBOX", true, Optional.empty()));
    }
  }

  @Test
  void silenceEndsAtTheDeadline() {
    server.at("UID SEARCH").stall();
    try (MailboxReader reader = MailboxReader.connect(account().build())) {
      add("one");
      assertThatExceptionOfType(MailException.TimedOut.class)
          .isThrownBy(() -> reader.fetch(FetchSpec.builder().build(), Duration.ofMillis(300)));
    }
  }
}

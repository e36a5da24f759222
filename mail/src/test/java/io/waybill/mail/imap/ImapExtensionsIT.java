package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.Message;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFolder;
import io.waybill.testkit.ScriptedImapServer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What some servers can do beyond RFC 3501, and how the others are used. */
@Timeout(60)
@ExtendWith(Leaks.class)
class ImapExtensionsIT {
  private final ScriptedImapServer server = ScriptedImapServer.start().user("ops", "secret");
  private final ScriptedFolder inbox = server.folder("INBOX");

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
        .password(() -> "secret");
  }

  private MailboxReader reader() {
    return MailboxReader.lazy(account().build(), Clock.systemUTC());
  }

  private static List<Long> uids(MailboxReader reader, ChangePoint since) {
    List<Long> uids = new ArrayList<>();
    reader.changes("INBOX", since, facts -> uids.add(facts.uid()));
    return uids;
  }

  @Test
  void whatIsReadIsDeflatedOnTheWayIfThatIsWanted() {
    inbox.add("Subject: long", "", "text ".repeat(100_000));
    server.offering("COMPRESS=DEFLATE").inPiecesOf(100);
    try (MailboxReader reader =
        MailboxReader.lazy(account().compressed(true).build(), Clock.systemUTC())) {
      assertThat(reader.fetch(FetchSpec.builder().build())).hasSize(1);
    }
    assertThat(server.heard()).contains("COMPRESS DEFLATE");
    try (MailboxReader reader = reader()) {
      assertThat(reader.fetch(FetchSpec.builder().build())).hasSize(1);
    }
    assertThat(server.heard()).containsOnlyOnce("COMPRESS DEFLATE");
  }

  @Test
  void aServerThatCannotDeflateIsReadAsItIs() {
    inbox.add("Subject: one", "", "text");
    try (MailboxReader reader =
        MailboxReader.lazy(account().compressed(true).build(), Clock.systemUTC())) {
      assertThat(reader.fetch(FetchSpec.builder().build())).hasSize(1);
    }
    assertThat(server.heard()).doesNotContain("COMPRESS DEFLATE");
  }

  /** A few kilobytes that become hundreds of megabytes are stopped where those would be. */
  @Test
  void whatInflatesWithoutEndEnds() {
    inbox.add("Subject: one", "", "text");
    server.offering("COMPRESS=DEFLATE");
    server.at("UID SEARCH").reply("* OK " + "a".repeat(40 << 20), "{tag} OK done");
    try (MailboxReader reader =
        MailboxReader.lazy(account().compressed(true).build(), Clock.systemUTC())) {
      assertThatExceptionOfType(MailException.ConnectionLost.class)
          .isThrownBy(() -> reader.fetch(FetchSpec.builder().build()))
          .withStackTraceContaining("more than the");
    }
  }

  @Test
  void foldersAreNamedInUtf8WhereTheServerAcceptsIt() {
    server
        .offering("ENABLE", "UTF8=ACCEPT")
        .folder("Rechnungen für März")
        .add("Subject: ü", "", "");
    try (MailboxReader reader = reader()) {
      assertThat(reader.folders()).extracting(MailFolder::name).contains("Rechnungen für März");
      List<InboundMail> found =
          reader.heads(
              FetchSpec.builder()
                  .folder("Rechnungen für März")
                  .search(MailSearch.builder().subject("ü").build())
                  .build());
      assertThat(found).hasSize(1);
    }
    assertThat(server.heard())
        .contains("ENABLE UTF8=ACCEPT")
        .anyMatch(each -> each.startsWith("UID SEARCH SUBJECT"));
  }

  @Test
  void whatHasChangedIsTold() {
    server.offering("CONDSTORE");
    for (int i = 0; i < 5; i++) {
      inbox.add("Subject: " + i, "", "text");
    }
    try (MailboxReader reader = reader()) {
      assertThat(uids(reader, ChangePoint.START)).containsExactly(1L, 2L, 3L, 4L, 5L);
      ChangePoint point = reader.changes("INBOX", ChangePoint.START, facts -> {});
      assertThat(uids(reader, point)).isEmpty();
      inbox.mark(4, "\\Flagged");
      inbox.expunge(2);
      inbox.add("Subject: new", "", "text");
      List<MailFacts> changed = new ArrayList<>();
      ChangePoint next = reader.changes("INBOX", point, changed::add);
      assertThat(changed).extracting(MailFacts::uid).containsExactly(4L, 6L);
      assertThat(changed.get(0).flags()).contains("\\Flagged");
      assertThat(uids(reader, next)).isEmpty();
      inbox.recreate(2, 50);
      assertThat(uids(reader, next)).hasSize(5);
    }
    assertThat(server.heard()).contains("EXAMINE INBOX (CONDSTORE)");
  }

  @Test
  void aServerThatDoesNotCountChangesTellsAll() {
    inbox.add("Subject: one", "", "text");
    try (MailboxReader reader = reader()) {
      ChangePoint point = reader.changes("INBOX", ChangePoint.START, facts -> {});
      assertThat(point.modSeq()).isZero();
      assertThat(uids(reader, point)).containsExactly(1L);
    }
  }

  private static PreparedMessage message(int bytes) {
    return MessagePreparer.builder()
        .build()
        .prepare(
            Message.builder()
                .from("a@example.org")
                .to("b@example.org")
                .subject("filed")
                .text("x".repeat(bytes))
                .build());
  }

  @Test
  void whatIsTooLargeToBeFiledIsNotSentThere() {
    server.offering("APPENDLIMIT=2000").folder("Sent");
    SentFolder sent = SentFolder.of(account().build(), "Sent");
    try (PreparedMessage small = message(100);
        PreparedMessage large = message(3000)) {
      sent.append(small);
      assertThatExceptionOfType(MailException.Refused.class)
          .isThrownBy(() -> sent.append(large))
          .withMessageContaining("takes 2000 at most");
    }
    assertThat(server.heard()).filteredOn(each -> each.startsWith("APPEND")).hasSize(1);
  }

  /** RFC 7888: without LITERAL+ each literal waits for the server to ask for it. */
  @Test
  void literalsWaitWhereTheyMust() {
    server.withholding("LITERAL+").offering("LITERAL-").folder("Sent");
    try (PreparedMessage message = message(100)) {
      SentFolder.of(account().build(), "Sent").append(message);
    }
    assertThat(server.folder("Sent").uids()).hasSize(1);
  }
}

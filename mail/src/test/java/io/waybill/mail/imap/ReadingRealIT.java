package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.DovecotMailbox;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailboxKey;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.ledger.LedgerDatabase;
import io.waybill.mail.net.CallGuard;
import io.waybill.testkit.Leaks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Polls folders of a real Dovecot, with the ledger in a database. */
@Timeout(60)
class ReadingRealIT {
  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  private final DovecotMailbox mailbox = SERVERS.newMailbox();
  private final LedgerDatabase database = new LedgerDatabase();
  private final List<String> handled = new ArrayList<>();

  private MailAccount account() {
    return SERVERS.imaps().user(mailbox.user()).build();
  }

  private PollReport poll(PollSpec.Builder spec) {
    return poll(spec, database.of("node/1"));
  }

  private PollReport poll(PollSpec.Builder spec, MailLedger ledger) {
    try (MailboxReader reader = MailboxReader.connect(account())) {
      return reader.poll(spec.build(), ledger, (mail, ack) -> handled.add(mail.mail().subject()));
    }
  }

  private static PollSpec.Builder all() {
    return PollSpec.builder().from(StartFrom.ALL);
  }

  private void save(String folder, String... subjects) {
    for (String subject : subjects) {
      mailbox.save(folder, DovecotMailbox.message(subject));
    }
  }

  @Test
  void eachMessageIsHandledOnceOverProcessesAndNothingIsMarked() {
    save("INBOX", "one", "two", "three");
    assertThat(poll(all()).handled()).isEqualTo(3);
    save("INBOX", "four");
    assertThat(poll(all(), database.of("node/2")).handled()).isEqualTo(1);
    assertThat(poll(all(), database.of("node/3")).handled()).isZero();
    assertThat(handled).containsExactly("one", "two", "three", "four");
    assertThat(mailbox.flags("INBOX", "one")).doesNotContain("\\Seen");
  }

  @Test
  void theFirstPollBeginsWhereItIsTold() {
    save("INBOX", "seen", "unread");
    mailbox.mark("INBOX", "seen", "\\Seen");
    MailLedger now = new LedgerDatabase().of("node/1");
    assertThat(poll(PollSpec.builder(), now).handled()).isZero();
    save("INBOX", "new");
    poll(PollSpec.builder(), now);
    assertThat(handled).containsExactly("new");

    handled.clear();
    MailLedger unseen = new LedgerDatabase().of("node/1");
    poll(PollSpec.builder().from(StartFrom.UNSEEN), unseen);
    assertThat(handled).containsExactly("unread", "new");

    handled.clear();
    poll(PollSpec.builder().from(StartFrom.since(2)));
    assertThat(handled).containsExactly("unread", "new");
  }

  @Test
  void whatWasHandledIsMarkedAndNothingElse() {
    save("INBOX", "one");
    poll(all().after(AfterAction.SEEN));
    save("INBOX", "two");
    poll(all().after(AfterAction.keyword("$Processed")));
    assertThat(mailbox.flags("INBOX", "one")).contains("\\Seen").doesNotContain("$Processed");
    assertThat(mailbox.flags("INBOX", "two")).contains("$Processed").doesNotContain("\\Seen");
  }

  @Test
  void whatOthersHaveMarkedAsDeletedStays() {
    mailbox.create("Done");
    save("INBOX", "theirs", "moved");
    mailbox.mark("INBOX", "theirs", "\\Deleted");
    poll(PollSpec.builder().from(StartFrom.since(2)).after(AfterAction.moveTo("Done")));
    assertThat(mailbox.subjects("INBOX")).containsExactly("theirs");
    assertThat(mailbox.subjects("Done")).containsExactly("moved");
    save("INBOX", "deleted");
    poll(all().after(AfterAction.DELETE));
    assertThat(mailbox.subjects("INBOX")).containsExactly("theirs");
    assertThat(handled).containsExactly("moved", "deleted");
  }

  @Test
  void aMoveByCopyIsDoneOnceHoweverOftenItIsBegun() {
    String begun = DovecotMailbox.message("begun before");
    mailbox.create("Done");
    mailbox.save("Done", begun);
    save("INBOX", "theirs", "moved");
    mailbox.save("INBOX", begun);
    mailbox.mark("INBOX", "theirs", "\\Deleted");
    try (ImapMailbox server = new ImapMailbox(account());
        CallGuard guard = CallGuard.start(Duration.ofSeconds(30))) {
      // Dovecot has MOVE, and is not asked for it here
      boolean isWhole =
          server.call(
              "move",
              guard,
              connection -> new MoveByCopy(connection, "INBOX", "Done").run(new long[] {2, 3}));
      assertThat(isWhole).isTrue();
    }
    assertThat(mailbox.subjects("INBOX")).containsExactly("theirs");
    assertThat(mailbox.subjects("Done")).containsExactly("begun before", "moved");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Entwürfe & Übriges",
        "日報",
        "Q&A \"offen\"",
        "100 % * \\ done",
        "[Kunden]/{5}",
        "&-"
      })
  void foldersAreCalledWhateverTheyAreCalled(String folder) {
    mailbox.create(folder);
    mailbox.create("from " + folder);
    save("from " + folder, "one", "two");
    PollSpec.Builder spec = all().folder("from " + folder).after(AfterAction.moveTo(folder));
    assertThat(poll(spec).handled()).isEqualTo(2);
    assertThat(mailbox.subjects(folder)).containsExactly("one", "two");
    try (MailboxReader reader = MailboxReader.connect(account())) {
      assertThat(reader.folders()).extracting(MailFolder::name).contains(folder);
    }
  }

  @Test
  void aFolderThatIsMissingIsSaidWithThoseLikeIt() {
    mailbox.create("Rechnungen");
    mailbox.create("Archiv/Entwürfe");
    assertThatExceptionOfType(MailException.MailboxNotFound.class)
        .isThrownBy(() -> poll(all().folder("Rechnugen")))
        .withMessageContaining("did you mean Rechnungen")
        .satisfies(e -> assertThat(e.isTransient()).isFalse());
    assertThatExceptionOfType(MailException.MailboxNotFound.class)
        .isThrownBy(() -> poll(all().folder("Entwürfe")))
        .satisfies(e -> assertThat(e.nearMatches()).containsExactly("Archiv/Entwürfe"));
    save("INBOX", "one");
    PollSpec.Builder moving = all().after(AfterAction.moveTo("Rechnugen"));
    assertThat(poll(moving).unfinished()).isEqualTo(1);
    mailbox.create("Rechnugen");
    assertThat(poll(moving).unfinished()).isZero();
    assertThat(mailbox.subjects("Rechnugen")).containsExactly("one");
    assertThat(handled).containsExactly("one");
  }

  @Test
  void noMessageIsHandledByTwoPollersThatShareALedger() throws Exception {
    mailbox.create("Done");
    List<String> byAnybody = new CopyOnWriteArrayList<>();
    int most = 60;
    PollSpec spec = all().after(AfterAction.moveTo("Done")).build();
    ExecutorService pollers = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> polls = new ArrayList<>();
      for (String owner : List.of("a/1", "b/1")) {
        MailLedger ledger = database.of(owner);
        polls.add(
            pollers.submit(
                () -> {
                  try (MailboxReader reader = MailboxReader.connect(account())) {
                    while (byAnybody.size() < most) {
                      reader.poll(
                          spec, ledger, (mail, ack) -> byAnybody.add(mail.mail().subject()));
                    }
                  }
                }));
      }
      for (int i = 0; i < most; i++) {
        mailbox.deliver(DovecotMailbox.message("m" + i), Instant.now());
      }
      for (Future<?> poll : polls) {
        poll.get();
      }
    } finally {
      pollers.shutdownNow();
    }
    assertThat(byAnybody).hasSize(most).doesNotHaveDuplicates();
    MailboxKey key =
        new MailboxKey(mailbox.user() + "@localhost:" + SERVERS.port("IMAPS"), "INBOX");
    assertThat(database.of("c/1").entries(key, LedgerEntry.State.DONE, 100)).hasSize(most);
    assertThat(mailbox.subjects("Done")).hasSize(most);
  }
}

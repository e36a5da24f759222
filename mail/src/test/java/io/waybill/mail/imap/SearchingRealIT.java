package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.DovecotMailbox;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.ledger.LedgerDatabase;
import io.waybill.testkit.Leaks;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a real Dovecot finds when it is asked, before anything is read. */
@Timeout(60)
class SearchingRealIT {
  private static final String MULTIPART = "MIME-Version: 1.0\nContent-Type: multipart/";

  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  private final DovecotMailbox mailbox = SERVERS.newMailbox();

  @BeforeEach
  void fill() throws Exception {
    Instant now = Instant.now();
    deliver("old", now.minus(Duration.ofDays(40)));
    deliver("invoice 7", now.minus(Duration.ofDays(3)), "Cc: Boss <boss@example.org>");
    deliver("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=", now, "Reply-To: x@example.org");
    deliver("=?UTF-8?B?5pel5aCx?=", now);
    deliver("two bodies", now, MULTIPART + "alternative; boundary=b");
    deliver("with file", now, MULTIPART + "mixed; boundary=b");
    deliver("large", now, "X-Long: " + "x".repeat(900) + "\n " + "y".repeat(900));
  }

  /** One after the other, so that their order is that of the calls. */
  private void deliver(String subject, Instant at, String... headers) throws Exception {
    String message = DovecotMailbox.message(subject, headers);
    if (message.contains("boundary=b")) {
      String file =
          message.contains("/mixed")
              ? "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment"
              : "Content-Type: text/html";
      message += "--b\r\n\r\ntext\r\n--b\r\n" + file + "\r\n\r\nx\r\n--b--\r\n";
    }
    int before = mailbox.subjects("INBOX").size();
    mailbox.deliver(message, at);
    assertThat(mailbox.subjects("INBOX")).hasSize(before + 1);
  }

  /** By number, as the server alone finds them. */
  private void finds(MailSearch.Builder search, Long... uids) {
    try (MailboxReader reader =
        MailboxReader.connect(SERVERS.imaps().user(mailbox.user()).build())) {
      FetchSpec spec = FetchSpec.builder().search(search.build()).build();
      assertThat(reader.find(spec)).containsExactly(uids);
      assertThat(reader.fetch(spec)).extracting(each -> each.uid()).containsExactly(uids);
    }
  }

  @Test
  void byWhatStandsInTheHeaders() {
    finds(search().subject("INVOICE"), 2L);
    finds(search().from("ADA"), 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    finds(search().from("nobody"));
    finds(search().to("boss@"), 2L);
    finds(search().subject("a \"quoted\" \\ one"));
  }

  @Test
  void byWhatIsNotAscii() {
    finds(search().subject("grüße"), 3L);
    finds(search().subject("KÖLN"), 3L);
    finds(search().subject("日報"), 4L);
    finds(search().subject("grüße").from("ada"), 3L);
  }

  @Test
  void byWhatTheServerKnows() {
    mailbox.mark("INBOX", "invoice", "\\Seen");
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    finds(search().unseen().before(today), 1L);
    finds(search().since(today.minusDays(10)).before(today.minusDays(1)), 2L);
    finds(search().before(today.minusDays(20)), 1L);
    finds(search().largerThan(1500), 7L);
    finds(search().largerThan(Long.MAX_VALUE));
  }

  @Test
  void byWhatIsAttached() {
    finds(search().withAttachment(), 6L);
    finds(search().withAttachment().subject("two"));
  }

  @Test
  void aPollPassesOverTheRestForGood() {
    LedgerDatabase database = new LedgerDatabase();
    List<String> handled = new ArrayList<>();
    PollSpec spec =
        PollSpec.builder().from(StartFrom.ALL).search(search().subject("Grüße").build()).build();
    for (int i = 0; i < 2; i++) {
      try (MailboxReader reader =
          MailboxReader.connect(SERVERS.imap().user(mailbox.user()).build())) {
        reader.poll(spec, database.of("node/1"), (mail, ack) -> handled.add(mail.mail().subject()));
      }
    }
    assertThat(handled).containsExactly("Grüße aus Köln");
  }

  private static MailSearch.Builder search() {
    return MailSearch.builder();
  }
}

package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.DovecotMailbox;
import io.waybill.mail.MailException;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.testkit.Leaks;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files messages in folders of a real Dovecot, beside what others have marked as deleted. */
@Timeout(60)
class FilingRealIT {
  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  private final DovecotMailbox mailbox = SERVERS.newMailbox();

  private MailboxReader reader() {
    return MailboxReader.connect(SERVERS.imaps().user(mailbox.user()).build());
  }

  private static List<MailFacts> facts(MailboxReader reader, String folder) {
    return reader.fetch(FetchSpec.builder().folder(folder).build()).stream()
        .map(each -> each.facts())
        .toList();
  }

  @Test
  void justTheseAreMarkedCopiedMovedAndDeleted() {
    for (String subject : List.of("one", "two", "three")) {
      mailbox.save("INBOX", DovecotMailbox.message(subject));
    }
    mailbox.mark("INBOX", "three", "\\Deleted");
    try (MailboxReader reader = reader()) {
      List<MailFacts> inbox = facts(reader, "INBOX");
      FilingSpec.Builder spec = FilingSpec.builder("INBOX", inbox.get(0).uidValidity());
      FilingSpec move =
          spec.mark("seen").mark("$Done").copyTo("Archive/ä").moveTo("Done").creating().build();
      List<Long> first = List.of(inbox.get(0).uid());
      assertThat(reader.file(move, first)).isEqualTo(first);
      assertThat(reader.file(move, first)).as("it is gone").isEmpty();
      assertThat(facts(reader, "Done").get(0).flags()).contains("\\Seen", "$Done");
      assertThat(facts(reader, "Archive/ä")).hasSize(1);

      FilingSpec delete =
          FilingSpec.builder("INBOX", inbox.get(0).uidValidity()).deleting().build();
      assertThat(reader.file(delete, List.of(inbox.get(1).uid()))).hasSize(1);
      assertThat(facts(reader, "INBOX"))
          .as("what somebody else has marked as deleted stays")
          .extracting(MailFacts::uid)
          .containsExactly(inbox.get(2).uid());
    }
  }

  @Test
  void ofAFolderThatWasMadeAnewNothingIsTouched() {
    mailbox.create("Work");
    mailbox.save("Work", DovecotMailbox.message("one"));
    try (MailboxReader reader = reader()) {
      MailFacts before = facts(reader, "Work").get(0);
      mailbox.delete("Work");
      mailbox.create("Work");
      mailbox.save("Work", DovecotMailbox.message("another"));
      FilingSpec delete = FilingSpec.builder("Work", before.uidValidity()).deleting().build();
      assertThatExceptionOfType(MailException.MailboxChanged.class)
          .isThrownBy(() -> reader.file(delete, List.of(before.uid())));
      assertThat(facts(reader, "Work")).hasSize(1);
    }
  }
}

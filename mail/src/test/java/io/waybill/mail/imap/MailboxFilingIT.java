package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.inbox.MailFacts;
import io.waybill.mail.mime.MimeLimits;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxFilingIT {
  private final GreenMail server =
      new GreenMail(new ServerSetup[] {ServerSetupTest.IMAP.dynamicPort()});
  private GreenMailUser user;
  private MailboxReader reader;

  @BeforeEach
  void start() {
    server.start();
    user = server.setUser("you@example.net", "you", "pw");
    reader =
        MailboxReader.connect(
            MailAccount.builder()
                .host("127.0.0.1")
                .port(server.getImap().getPort())
                .security(MailSecurity.PLAINTEXT)
                .user("you")
                .password(() -> "pw")
                .build());
  }

  @AfterEach
  void stop() {
    reader.close();
    server.stop();
  }

  private void deliver(String... subjects) throws Exception {
    for (String subject : subjects) {
      String text =
          "Message-ID: <%1$s@x>\r\nFrom: a@b.example\r\nSubject: %1$s\r\n\r\nhello\r\n"
              .formatted(subject);
      user.deliver(
          new MimeMessage(
              Session.getInstance(new Properties()),
              new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII))));
    }
  }

  private ImapHostManager mailboxes() {
    return server.getManagers().getImapHostManager();
  }

  private List<String> subjects(String folder) throws Exception {
    List<String> subjects = new ArrayList<>();
    MailFolder found = mailboxes().getFolder(user, folder);
    for (var each : found.getMessages()) {
      subjects.add(each.getMimeMessage().getSubject());
    }
    return subjects;
  }

  private List<MailFacts> facts(String folder) {
    return reader.fetch(FetchSpec.builder().folder(folder).build()).stream()
        .map(each -> each.facts())
        .toList();
  }

  private static List<Long> uids(List<MailFacts> facts, int... which) {
    return java.util.Arrays.stream(which).mapToObj(i -> facts.get(i).uid()).toList();
  }

  private static FilingSpec.Builder inbox(List<MailFacts> facts) {
    return FilingSpec.builder("INBOX", facts.get(0).uidValidity());
  }

  @Test
  void justTheseAreMarkedCopiedAndMoved() throws Exception {
    deliver("one", "two", "three");
    List<MailFacts> facts = facts("INBOX");
    FilingSpec spec =
        inbox(facts)
            .mark("Seen")
            .mark("$Processed")
            .copyTo("Archive")
            .moveTo("Done")
            .creating()
            .build();

    assertThat(reader.file(spec, uids(facts, 0, 2))).isEqualTo(uids(facts, 0, 2));
    assertThat(subjects("INBOX")).containsExactly("two");
    assertThat(subjects("Done")).containsExactly("one", "three");
    assertThat(subjects("Archive")).containsExactly("one", "three");
    assertThat(facts("Done")).allSatisfy(f -> assertThat(f.flags()).contains("\\Seen"));
    assertThat(facts("INBOX")).noneMatch(MailFacts::isSeen);
    assertThat(reader.contains("Done", "<one@x>")).isTrue();
    assertThat(reader.contains("Done", "<two@x>")).isFalse();
    assertThat(reader.contains("Done", "one@x>")).as("only the whole of it").isFalse();
  }

  @Test
  void whatWasCopiedBeforeIsNotCopiedOnceMore() throws Exception {
    deliver("one");
    List<MailFacts> facts = facts("INBOX");
    FilingSpec spec = inbox(facts).copyTo("Archive").creating().build();
    assertThat(reader.file(spec, uids(facts, 0))).hasSize(1);
    assertThat(reader.file(spec, uids(facts, 0))).hasSize(1);
    assertThat(subjects("Archive")).containsExactly("one");
  }

  @Test
  void marksAreTakenAwayAndMessagesDeleted() throws Exception {
    deliver("one", "two");
    List<MailFacts> facts = facts("INBOX");
    reader.file(inbox(facts).mark("seen").mark("flagged").build(), uids(facts, 0));
    reader.file(inbox(facts).unmark("seen").build(), uids(facts, 0, 1));
    assertThat(facts("INBOX").get(0).flags()).contains("\\Flagged").doesNotContain("\\Seen");

    assertThat(reader.file(inbox(facts).deleting().build(), uids(facts, 1))).hasSize(1);
    assertThat(reader.file(inbox(facts).deleting().build(), uids(facts, 1)))
        .as("gone, and told so")
        .isEmpty();
    assertThat(reader.contains("INBOX", "<one@x>")).isTrue();
  }

  @Test
  void aFolderThatIsMissingIsSaidBeforeAnythingIsDone() throws Exception {
    deliver("one");
    List<MailFacts> facts = facts("INBOX");
    assertThatExceptionOfType(MailException.MailboxNotFound.class)
        .isThrownBy(
            () -> reader.file(inbox(facts).mark("seen").moveTo("Dome").build(), uids(facts, 0)));
    assertThat(facts("INBOX").get(0).isSeen()).isFalse();
  }

  @Test
  void whereUidsCountAnewNothingIsTouchedOrRead() throws Exception {
    deliver("one");
    List<MailFacts> facts = facts("INBOX");
    long other = facts.get(0).uidValidity() + 1;
    FilingSpec spec = FilingSpec.builder("INBOX", other).mark("seen").deleting().build();
    assertThatExceptionOfType(MailException.MailboxChanged.class)
        .isThrownBy(() -> reader.file(spec, uids(facts, 0)))
        .withMessageContaining("nothing was done");
    assertThatExceptionOfType(MailException.MailboxChanged.class)
        .isThrownBy(
            () ->
                reader.each(
                    "INBOX",
                    other,
                    uids(facts, 0),
                    MimeLimits.defaults(),
                    mail -> {
                      throw new AssertionError("read " + mail);
                    }));
    assertThat(facts("INBOX")).hasSize(1).noneMatch(MailFacts::isSeen);
  }

  @Test
  void wordsThatAreNoFlagsAreRefused() {
    Stream.of("", "two words", "\\Deleted", "a\r\nb", "(x)")
        .forEach(
            word ->
                assertThatExceptionOfType(MailException.InvalidMessage.class)
                    .isThrownBy(() -> FilingSpec.builder("INBOX", 1).mark(word)));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> FilingSpec.builder("INBOX", 1).moveTo("a").deleting().build());
  }
}

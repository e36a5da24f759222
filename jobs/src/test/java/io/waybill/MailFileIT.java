package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.store.MailFolder;
import io.waybill.jobs.json.Plain;
import jakarta.mail.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mail.file} against a mail server, and what {@code mail.fetch} tells it. */
@Timeout(90)
class MailFileIT {
  private static final String ALL = "message: '${steps.fetch.messages}'";

  @TempDir Path directory;
  private MailboxJob job;

  @BeforeEach
  void start() throws Exception {
    job = new MailboxJob(directory);
    job.deliver(MailboxJob.message("one", "a.csv=1"));
    job.deliver(MailboxJob.message("two"));
  }

  @AfterEach
  void stop() {
    job.close();
  }

  private static String file(String more) {
    return "{ id: file, mail.file: { " + ALL + ", " + more + " } }";
  }

  private Flags flags(String folder, int message) {
    return job.folder(folder).getMessages().get(message).getFlags();
  }

  @Test
  void aFetchedMessageSaysWhereItIsAndWhatItIs() throws Exception {
    FileJob.Ran ran = job.run();
    Map<String, Object> first = Plain.maps(ran.outputs("fetch"), "messages").get(0);
    MailFolder inbox = job.folder("INBOX");
    assertThat(first)
        .containsEntry("mailbox", "mailbox")
        .containsEntry("folder", "INBOX")
        .containsEntry("uid-validity", inbox.getUidValidity())
        .containsEntry("uid", inbox.getMessages().get(0).getUid())
        .containsEntry("message-id", "<one@partner.example>")
        .containsEntry("from", "ada@partner.example")
        .containsEntry("to", "intake@acme.example, bob@partner.example")
        .containsEntry("date", "2026-01-31T09:00:00Z")
        .containsKey("received-at");
    assertThat(Plain.maps(first, "attachments").get(0)).containsEntry("name", "a.csv");
  }

  @Test
  void messagesAreMarkedAndMovedIntoAFolderThatIsMade() throws Exception {
    FileJob.Ran ran =
        job.run(
            file("move-to: Processed, create: true, flag: [seen, flagged, $Done]"),
            "{ id: again, mail.fetch: { mailbox: 'mailbox:Processed' } }");
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(ran.outputs("file")).containsEntry("filed", 2L).containsEntry("earlier", List.of());
    assertThat(job.subjects("INBOX")).isEmpty();
    assertThat(job.subjects("Processed")).containsExactly("one", "two");
    Flags flags = flags("Processed", 0);
    assertThat(flags.contains(Flags.Flag.SEEN)).isTrue();
    assertThat(flags.contains(Flags.Flag.FLAGGED)).isTrue();
    assertThat(flags.contains("$Done")).isTrue();
    assertThat(Plain.maps(ran.outputs("again"), "messages")).hasSize(2);
  }

  @Test
  void messagesAreCopiedUnmarkedOrDeleted() throws Exception {
    job.create("Archive");
    FileJob.Ran ran =
        job.run(
            file("copy-to: Archive, flag: seen"),
            "{ id: unmark, mail.file: { " + ALL + ", unflag: seen } }",
            "{ id: rest, mail.fetch: { mailbox: mailbox, match: { subject: one } } }",
            "{ id: delete, mail.file: { message: '${steps.rest.messages}', delete: true } }");
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.subjects("INBOX")).containsExactly("two");
    assertThat(job.subjects("Archive")).containsExactly("one", "two");
    assertThat(flags("INBOX", 0).contains(Flags.Flag.SEEN)).isFalse();
  }

  @Test
  void oneMessageAListAndListsOfThemAreTaken() throws Exception {
    FileJob.Ran ran =
        job.run(
            "{ id: first, mail.file: { message: '${steps.fetch.messages | first}', flag: seen } }",
            "{ id: each, mail.file: { message: ['${steps.fetch.messages}', '${steps.fetch.messages"
                + " | first}'], flag: answered } }");
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(ran.outputs("first")).containsEntry("filed", 1L);
    assertThat(ran.outputs("each")).as("each once").containsEntry("filed", 2L);
    assertThat(flags("INBOX", 0).contains(Flags.Flag.SEEN)).isTrue();
    assertThat(flags("INBOX", 1).contains(Flags.Flag.SEEN)).isFalse();
  }

  @Test
  void whatNeedsNoRunIsSaidBeforeIt() throws Exception {
    FileJob.Ran ran =
        job.run("mail.file: { message: '${steps.fetch.messages}', move-to: 'a/../b' }");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(String.valueOf(ran.record().get("error"))).contains("no folder is called");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ message: '${vars.v}', flag: seen } | no message",
        "{ message: '${steps.fetch.messages}', flag: 'two words' } | flag",
        "{ message: '${steps.fetch.messages}', move-to: '${vars.v}/../b' } | no folder is called",
        "{ message: '${steps.fetch.messages}', move-to: Nowhere } | Nowhere",
        "{ message: '${steps.fetch.messages}', delete: trash } | move-to",
      })
  void whatIsWrongIsSaidAndNothingIsTouched(String step, String why) throws Exception {
    FileJob.Ran ran = job.run("{ id: file, mail.file: " + step + " }");
    assertThat(ran.code()).isNotZero();
    assertThat(ran.message()).contains(why);
    assertThat(job.subjects("INBOX")).containsExactly("one", "two");
    assertThat(flags("INBOX", 0).contains(Flags.Flag.SEEN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "move-to: A, delete: true | leave one out",
        "create: true | nothing is to be done",
        "move-to: A, flags: seen | unknown key \"flags\"",
        "delete: bin | must be one of false, true, trash",
      })
  void whatDoesNotGoTogetherIsSaidWhenTheFileIsRead(String keys, String why) throws Exception {
    CommandLineRun validated = job.validate(file(keys));
    assertThat(validated.code()).isEqualTo(2);
    assertThat(validated.err()).contains(why);
  }

  @Test
  void aMessageThatIsGoneIsNamedAndTheOthersAreFiled() throws Exception {
    Path file =
        job.jobFile(
            "{ id: gone, mail.file: { message: '${steps.fetch.messages | first}', delete: true } }",
            file("move-to: Processed, create: true"));
    FileJob.Ran ran = job.run(file);
    assertThat(ran.message())
        .contains("1 of 2 messages were not done")
        .contains("<one@partner.example>")
        .contains("not in Processed either");
    assertThat(job.subjects("Processed")).containsExactly("two");
  }

  @Test
  void whereUidsCountAnewNothingIsTouched() throws Exception {
    // a mailbox that is made anew while the run goes on
    Path wrong =
        job.jobFile(
            """
            { id: file, mail.file: { move-to: Processed, create: true, message: { mailbox: mailbox,
                  folder: INBOX, uid-validity: "${params.v}", uid: 1 } } }\
            """);
    Files.writeString(
        wrong,
        Files.readString(wrong)
            .replace("    steps:", "    params: { v: { type: integer, default: 7 } }\n    steps:"));
    FileJob.Ran ran = job.run(wrong);
    assertThat(ran.message()).contains("UIDVALIDITY of INBOX").contains("nothing was done");
    assertThat(job.subjects("INBOX")).containsExactly("one", "two");
  }
}

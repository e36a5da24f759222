package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Plain;
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

/** {@code mail.save-attachments} against a mail server. */
@Timeout(90)
class SaveAttachmentsIT {
  @TempDir Path directory;
  private MailboxJob job;

  @BeforeEach
  void start() {
    job = new MailboxJob(directory);
  }

  @AfterEach
  void stop() {
    job.close();
  }

  private static String save(String more) {
    return "{ id: save, mail.save-attachments: { message: '${steps.fetch.messages}', to: DIR/in/"
        + more
        + " } }";
  }

  @Test
  void whatMatchesIsSavedUnderItsNameAndCopiedOn() throws Exception {
    job.deliver(MailboxJob.message("one", "a.pdf=AAA", "notes.txt=x"));
    job.deliver(MailboxJob.message("two", "b.pdf=BB"));
    FileJob.Ran ran =
        job.run(
            save(
                ", match: '*.pdf', name: \"${message.date |"
                    + " format('yyyyMMdd')}-${attachment.name}\""),
            "{ id: on, copy: { from: '${steps.save.files}', to: DIR/out/ } }");
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.filesIn("in")).containsExactly("20260131-a.pdf", "20260131-b.pdf");
    assertThat(job.at("in/20260131-a.pdf")).hasContent("AAA");
    assertThat(job.filesIn("out")).containsExactly("20260131-a.pdf", "20260131-b.pdf");
    assertThat(ran.outputs("save")).containsEntry("left-out", List.of("notes.txt"));
    assertThat(Plain.maps(ran.outputs("save"), "files").get(0))
        .containsEntry("name", "20260131-a.pdf")
        .containsEntry("location", job.at("in/20260131-a.pdf").toString())
        .containsEntry("size", 3L)
        .containsEntry("attachment", "a.pdf")
        .containsEntry("message-id", "<one@partner.example>");
  }

  @Test
  void hostileNamesStayInTheDirectoryAndClashesGetNumbers() throws Exception {
    job.deliver(
        MailboxJob.message(
            "one", "../../evil=1", "/etc/passwd=2", "..=3", "CON=4", "a.csv=5", "A.CSV=6"));
    job.deliver(MailboxJob.message("two", "a.csv=7"));
    FileJob.Ran ran = job.run(save(""));
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.filesIn("in")).hasSize(7).contains("evil", "passwd", "_CON", "a.csv", "a-2.csv");
    assertThat(job.at("evil")).doesNotExist();
    assertThat(job.at("in/a-2.csv")).hasContent("7");
  }

  @Test
  void aNameThatASenderCanMakeAPathOfFailsThatMessageOnly() throws Exception {
    job.deliver(MailboxJob.message("../../up", "a.csv=1"));
    job.deliver(MailboxJob.message("good", "b.csv=2"));
    FileJob.Ran ran = job.run(save(", name: '${message.subject}.csv'"));
    assertThat(ran.message()).contains("1 of 2 messages were not done").contains("no file name");
    assertThat(job.filesIn("in")).containsExactly("good.csv");
    assertThat(job.filesIn(".")).contains("in").doesNotContain("up.csv");
  }

  @Test
  void aNameThatNoFileSystemTakesFailsThatMessageOnly() throws Exception {
    job.deliver(
        MailboxJob.message("x".repeat(300), "a.csv=1").replace("<" + "x".repeat(300), "<x"));
    job.deliver(MailboxJob.message("good", "b.csv=2"));
    FileJob.Ran ran = job.run(save(", name: '${message.subject}.csv'"));
    assertThat(ran.message()).contains("1 of 2 messages were not done").contains("240 bytes");
    assertThat(job.filesIn("in")).containsExactly("good.csv");
  }

  @Test
  void aMessageThatPassesALimitOfTheParserIsNotSavedInPart() throws Exception {
    String[] many = new String[1001];
    for (int i = 0; i < many.length; i++) {
      many[i] = "f" + i + "=x";
    }
    job.deliver(MailboxJob.message("many", many));
    FileJob.Ran ran = job.run(save(""));
    assertThat(ran.message())
        .contains("was not read to its end")
        .contains("nothing of it was saved");
    assertThat(job.filesIn("in")).isEmpty();
  }

  @Test
  void ofAMessageWithALargerAttachmentNothingIsSaved() throws Exception {
    job.deliver(MailboxJob.message("one", "small=1", "large=" + "x".repeat(2000)));
    FileJob.Ran ran = job.run(save(", max-size: 1KiB"));
    assertThat(ran.code()).isNotZero();
    assertThat(ran.message()).contains("large").contains("max-size");
    assertThat(job.filesIn("in")).isEmpty();
  }

  @Test
  void nestedMessagesAndWinmailAreFilesAsTheyAre() throws Exception {
    job.deliver(
        """
        Message-ID: <nested@x>
        From: ada@partner.example
        Subject: nested
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: message/rfc822

        From: bob@partner.example
        Subject: inner
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=c

        --c
        Content-Type: application/pdf
        Content-Disposition: attachment; filename=deep.pdf

        deep
        --c--
        --b
        Content-Type: application/ms-tnef; name=winmail.dat
        Content-Disposition: attachment; filename=winmail.dat

        tnef
        --b--
        """);
    FileJob.Ran ran = job.run(save(", name: '${attachment.index}-${attachment.name}'"));
    assertThat(ran.code()).as(ran.message()).isZero();
    List<String> names = job.filesIn("in");
    assertThat(names).hasSize(2).contains("2-winmail.dat");
    assertThat(Files.readString(job.at("in/" + names.get(0)))).contains("filename=deep.pdf");
  }

  @Test
  void tooFewFilesAreAFailure() throws Exception {
    job.deliver(MailboxJob.message("one", "a.csv=1"));
    FileJob.Ran ran = job.run(save(", match: { regex: '[.]pdf$' }, expect: { min-files: 1 }"));
    assertThat(ran.code()).isNotZero();
    assertThat(ran.message()).contains("expected at least 1").contains("a.csv");
  }

  @ParameterizedTest
  @CsvSource({"keep, 0", "fail, 1", "number, 0"})
  void aSecondRunFindsTheFileThere(String policy, int code) throws Exception {
    job.deliver(MailboxJob.message("one", "a.csv=1"));
    assertThat(job.run(save(", if-exists: " + policy)).code()).isZero();
    FileJob.Ran ran = job.run(save(", if-exists: " + policy));
    assertThat(ran.code() == 0 ? 0 : 1).as(ran.message()).isEqualTo(code);
    assertThat(job.filesIn("in"))
        .containsExactlyElementsOf(
            policy.equals("number") ? List.of("a-2.csv", "a.csv") : List.of("a.csv"));
  }

  @Test
  void anotherContentIsNeverTakenForTheSame() throws Exception {
    Files.createDirectories(job.at("in"));
    Files.writeString(job.at("in/a.csv"), "2");
    job.deliver(MailboxJob.message("one", "a.csv=1"));
    FileJob.Ran ran = job.run(save(", if-exists: keep"));
    assertThat(ran.message()).contains("another content");
    assertThat(job.at("in/a.csv")).hasContent("2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: '${attachment.nmae}' | did you mean \"name\"",
        "name: '${message.subjekt}' | did you mean \"subject\"",
        "name: '${file.name}' | \"file\" is known in",
        "max-size: huge | is not a size",
        "if-exists: replace | must be one of number, keep, fail",
      })
  void whatIsWrongIsSaidWhenTheFileIsRead(String key, String why) throws Exception {
    CommandLineRun validated = job.validate(save(", " + key));
    assertThat(validated.code()).isEqualTo(2);
    assertThat(validated.err()).contains(why);
  }

  @Test
  void onlyADirectoryOfThisMachineIsTaken() throws Exception {
    job.deliver(MailboxJob.message("one", "a.csv=1"));
    Path file = job.jobFile(save("").replace("DIR/in/", "'site:/in/'"));
    String site = "site: { type: sftp, host: x.example, user: u, password: '${secrets.imap}' }";
    Files.writeString(
        file, Files.readString(file).replace("  outgoing:", "  " + site + "\n  outgoing:"));
    Map<String, Object> record = job.run(file).record();
    assertThat(String.valueOf(record.get("error"))).contains("a directory of this machine");
  }
}

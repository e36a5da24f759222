package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFolder;
import io.waybill.testkit.ScriptedImapServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill mail ls, read, save, watch, move, parse}. */
@Timeout(60)
@ExtendWith(Leaks.class)
class MailVerbsIT {
  private static final String PASSWORD = "pw-of-a-mailbox";

  @TempDir private Path directory;

  private final ScriptedImapServer server = ScriptedImapServer.start().user("ops", PASSWORD);
  private final ScriptedFolder inbox = server.folder("INBOX");
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void start() {
    environment.put("HOME", directory.toString());
    environment.put("BOX", PASSWORD);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String box(String folder) {
    return "imap://ops@127.0.0.1:" + server.port() + "/" + folder;
  }

  private CommandLineRun mail(String verb, String... words) {
    List<String> all = new ArrayList<>(List.of("mail", verb));
    all.addAll(List.of(words));
    CommandLineRun run = CommandLineRun.of(environment, all.toArray(String[]::new));
    assertThat(run.out() + run.err()).doesNotContain(PASSWORD);
    return run;
  }

  private String[] at(String folder, String... more) {
    List<String> all =
        new ArrayList<>(List.of(box(folder), "--tls", "off", "--password-env", "BOX"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private long add(String subject) {
    return inbox.add(
        "Message-ID: <" + subject + "@x.example>",
        "From: Ada <ada@x.example>",
        "Subject: " + subject,
        "",
        "text of " + subject);
  }

  private long addWithFile(String name) {
    return inbox.add(
        "From: ada@x.example",
        "Subject: with a file",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "see the file",
        "--b",
        "Content-Type: application/octet-stream",
        "Content-Disposition: attachment; filename=\"" + name + "\"",
        "",
        "content",
        "--b--");
  }

  @Test
  void listsTheNewestAndWhatIsLookedFor() {
    for (int i = 1; i <= 5; i++) {
      add("m" + i);
    }
    CommandLineRun run = mail("ls", at("", "--limit", "2"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("m4", "m5", "ada@x.example").doesNotContain("m3");
    CommandLineRun found = mail("ls", at("", "-s", "m2", "-o", "json"));
    assertThat(Plain.maps(Json.readObject(found.out()), "messages"))
        .singleElement()
        .satisfies(
            each -> assertThat(each).containsEntry("uid", 2L).containsEntry("subject", "m2"));
    server.marking("Verschickt", "\\Sent");
    assertThat(mail("ls", at("", "--folders")).out()).contains("INBOX", "sent     Verschickt");
  }

  @Test
  void showsOneMessage() {
    long uid = add("hello");
    CommandLineRun run = mail("read", at("", Long.toString(uid)));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("Subject: hello", "text of hello");
    assertThat(mail("read", at("", "1", "--raw")).out())
        .startsWith("Message-ID: <hello@x.example>");
    assertThat(Json.readObject(mail("read", at("", "1", "-o", "json")).out()))
        .containsEntry("schema", "waybill.mail/1")
        .containsKeys("structure", "headers", "defects");
    assertThat(mail("read", at("", "99")).code()).isEqualTo(3);
    assertThat(server.folder("INBOX").flags(uid)).isEmpty();
  }

  @Test
  void savesWhatIsAttachedByNamesThatCannotEscape() throws IOException {
    addWithFile("../../escape.sh");
    addWithFile("/etc/passwd");
    addWithFile("report.csv");
    addWithFile("report.csv");
    add("without");
    Path dir = directory.resolve("out");
    CommandLineRun run = mail("save", at("", "--dir", dir.toString(), "--has-attachment"));
    assertThat(run.code()).as(run.err()).isZero();
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("escape.sh", "passwd", "report.csv", "report-2.csv");
    }
    assertThat(Files.readString(dir.resolve("report.csv"))).isEqualTo("content");
    CommandLineRun small = mail("save", at("", "1", "--dir", dir.toString(), "--max-size", "3"));
    assertThat(small.code()).isEqualTo(8);
    assertThat(small.err()).contains("escape.sh", "are the most");
    assertThat(mail("save", at("", "5", "--eml", "--dir", dir.toString())).code()).isZero();
    assertThat(dir.resolve("5.eml")).content().contains("Subject: without");
  }

  private long addWithPicture(String html, String id) {
    return inbox.add(
        "From: ada@x.example",
        "Subject: with a picture",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "Content-Type: text/" + (html.isEmpty() ? "plain" : "html"),
        "",
        html,
        "--b",
        "Content-Type: image/png",
        "Content-ID: <" + id + ">",
        "Content-Disposition: inline; filename=\"" + id + ".png\"",
        "",
        "content",
        "--b--");
  }

  @Test
  void leavesOutOnlyPicturesThatTheHtmlShows() throws IOException {
    addWithPicture("", "photo");
    addWithPicture("<p>cid:named</p><img src=\"cid:other\">", "named");
    addWithPicture("<img src=\"cid:sh%6Fwn\">", "shown");
    addWithPicture("<p style='background: url(cid:50%)'>", "50%");
    Path dir = directory.resolve("out");
    CommandLineRun run = mail("save", at("", "--dir", dir.toString()));
    assertThat(run.code()).as(run.err()).isZero();
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("photo.png", "named.png");
    }
    assertThat(mail("save", at("", "3", "--inline", "--dir", dir.toString())).code()).isZero();
    assertThat(dir.resolve("shown.png")).exists();
  }

  @Test
  void movesMarksAndDeletesJustThese() {
    server.folder("Done");
    add("one");
    add("two");
    add("three");
    assertThat(mail("move", at("", "1", "--into", "Done")).code()).isZero();
    assertThat(mail("move", at("", "2", "--keyword", "$Seen-it")).code()).isZero();
    assertThat(mail("move", at("", "3", "--delete")).code()).isZero();
    assertThat(inbox.uids()).containsExactly(2L);
    assertThat(inbox.flags(2)).containsExactly("$Seen-it");
    assertThat(server.folder("Done").uids()).hasSize(1);
    CommandLineRun nowhere = mail("move", at("", "2", "--into", "Don"));
    assertThat(nowhere.code()).isEqualTo(3);
    assertThat(nowhere.err()).contains("did you mean Done");
    assertThat(mail("move", at("", "9", "--seen")).code()).isEqualTo(3);
    assertThat(mail("move", at("", "2")).code()).isEqualTo(2);
  }

  @Test
  void watchesOnce() {
    add("one");
    addWithFile("a.csv");
    Path dir = directory.resolve("saved");
    CommandLineRun run =
        mail(
            "watch",
            at("", "--once", "--start", "all", "--after", "seen", "--save", dir.toString()));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("one", "a.csv");
    assertThat(dir.resolve("a.csv")).exists();
    assertThat(inbox.flags(1)).containsExactly("\\Seen");
    assertThat(mail("watch", at("", "-o", "json")).code()).isEqualTo(2);
    assertThat(mail("watch", at("", "--after", "burn")).err()).contains("seen, keyword:WORD");
  }

  @Test
  void watchesOnlyWhereItCanMoveTo() {
    add("one");
    CommandLineRun run = mail("watch", at("", "--once", "--start", "all", "--after", "move:Nope"));
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("Nope");
    assertThat(run.out()).isEmpty();
    assertThat(mail("watch", at("", "--after", "move:Nope")).code()).isEqualTo(3);
    server.folder("Done");
    server.at("UID MOVE").reply("{tag} NO not today");
    CommandLineRun refused =
        mail("watch", at("", "--once", "--start", "all", "--after", "move:Done"));
    assertThat(refused.code()).as(refused.err()).isEqualTo(8);
    assertThat(refused.out()).contains("one");
    assertThat(refused.err()).contains("--after move:Done failed", "1 message");
  }

  @Test
  void aDirectoryThatCannotBeIsAMistakeOfTheLine() throws IOException {
    addWithFile("a.csv");
    Path file = Files.writeString(directory.resolve("afile"), "x");
    for (String dir : List.of(file.toString(), file + "/below")) {
      CommandLineRun save = mail("save", at("", "--dir", dir));
      assertThat(save.code()).isEqualTo(2);
      assertThat(save.err()).contains("--dir: ", "afile").doesNotContain("mistake in waybill");
      CommandLineRun watch = mail("watch", at("", "--once", "--start", "all", "--save", dir));
      assertThat(watch.code()).isEqualTo(2);
      assertThat(watch.err()).contains("--save: ", "afile");
    }
  }

  @Test
  void theDocumentSaysWhatWasSavedAndWhatWasNot() {
    addWithFile("a.csv");
    addWithFile("b.csv");
    String dir = directory.resolve("out").toString();
    CommandLineRun run = mail("save", at("", "1", "9", "--dir", dir, "-o", "json"));
    assertThat(run.code()).isEqualTo(3);
    List<Map<String, Object>> messages = Plain.maps(Json.readObject(run.out()), "messages");
    assertThat(messages).hasSize(2);
    assertThat(messages.get(0)).containsEntry("files", List.of(dir + "/a.csv"));
    assertThat(messages.get(0)).doesNotContainKey("why");
    assertThat(messages.get(1)).containsEntry("uid", 9L).containsEntry("why", "it is not in INBOX");

    CommandLineRun large = mail("save", at("", "2", "--dir", dir, "--max-size", "3", "-o", "json"));
    assertThat(large.code()).isEqualTo(8);
    String why = "attachment b.csv has 7 bytes, and 3 are the most";
    assertThat(Plain.maps(Json.readObject(large.out()), "messages"))
        .singleElement()
        .satisfies(
            each -> assertThat(each).containsEntry("files", List.of()).containsEntry("why", why));
    assertThat(large.err()).containsOnlyOnce(why);
  }

  @Test
  void aFailureTellsWhatWasSavedUntilThen() {
    addWithFile("a.csv");
    for (int i = 2; i <= 12; i++) { // those from 10 on are fetched behind the others
      inbox.add("Subject: " + i, "", "x".repeat(1_000_000));
    }
    server.at("UID FETCH 10").drop();
    String dir = directory.resolve("out").toString();
    CommandLineRun run = mail("save", at("", "--dir", dir, "-o", "json"));
    assertThat(run.code()).as(run.err()).isEqualTo(4);
    Map<String, Object> document = Json.readObject(run.out());
    assertThat(document).containsEntry("schema", "waybill.mail-saved/1").containsKey("error");
    assertThat(Plain.maps(document, "messages").get(0))
        .containsEntry("files", List.of(dir + "/a.csv"));
  }

  @Test
  void numbersThatCannotBeAreRefused() {
    add("one");
    for (String limit : List.of("0", "-1", "1000001")) {
      CommandLineRun run = mail("ls", at("", "--limit", limit));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("--limit is from 1 to 1000000");
      assertThat(mail("save", at("", "--dir", "x", "--limit", limit)).code()).isEqualTo(2);
    }
    for (String uid : List.of("0", "4294967296")) {
      CommandLineRun run = mail("read", at("", uid));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("a UID is from 1 to 4294967295");
      assertThat(mail("save", at("", uid, "--dir", "x")).code()).isEqualTo(2);
      assertThat(mail("move", at("", uid, "--seen")).code()).isEqualTo(2);
    }
    assertThat(mail("read", at("", "-1")).code()).isEqualTo(2);
    assertThat(mail("watch", at("", "--start", "4294967296")).code()).isEqualTo(2);
  }

  @Test
  void aFolderInAUriIsUtf8() {
    CommandLineRun run = mail("ls", at("per%cent"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("UTF-8", "write a percent sign as %25");
    server.folder("per%cent").add("Subject: here", "", "x");
    assertThat(mail("ls", at("per%25cent")).out()).contains("here");
  }

  @Test
  void foldersAreNotLookedForByMessages() {
    for (String option : List.of("--unseen", "--limit=3", "--from=ada")) {
      CommandLineRun run = mail("ls", at("", "--folders", option));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("--folders lists all folders");
    }
  }

  @Test
  void aConnectionOfTheJobFileIsAMailboxToo() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            secrets: { box: { env: BOX } }
            connections:
              mailbox: { type: imap, host: 127.0.0.1, port: %d, tls: off, user: ops, password: "${secrets.box}" }
            jobs: {}
            """
                .formatted(server.port()));
    server.folder("Work/2026").add("Subject: in a folder", "", "x");
    assertThat(mail("ls", "mailbox:Work/2026", "-c", file.toString()).out())
        .contains("in a folder");
    CommandLineRun missing = mail("ls", "mailbox:Wrok", "-c", file.toString());
    assertThat(missing.code()).isEqualTo(3);
  }

  @Test
  void logsInByTheOneMechanismThatIsNamed() {
    add("one");
    CommandLineRun run = mail("ls", at("", "--auth", "cram-md5"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(server.heard()).contains("AUTHENTICATE CRAM-MD5");
    assertThat(mail("ls", at("", "--auth", "xoauth2")).err()).contains("--auth takes", "CRAM-MD5");
  }

  @Test
  void parsesAFileHoweverBroken() throws IOException {
    Path eml =
        Files.writeString(
            directory.resolve("a.eml"), "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n\nhello\n");
    assertThat(mail("parse", eml.toString()).out()).contains("Subject: Grüße", "hello");
    assertThat(Json.readObject(mail("parse", eml.toString(), "-o", "json").out()))
        .containsEntry("subject", "Grüße");
    assertThat(mail("parse", directory.resolve("none.eml").toString()).code()).isEqualTo(3);
  }

  @Test
  void aPasswordIsAskedForByItsOwnOptions() {
    CommandLineRun run = mail("ls", box(""), "--tls", "off");
    assertThat(run.err()).contains("--password-file");
    assertThat(mail("ls", "imaps://127.0.0.1").err()).contains("imaps://USER@");
    await().until(() -> server.openConnections() == 0);
  }
}

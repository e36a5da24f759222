package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/invoices.yml}, with its hosts and directories replaced. */
@Timeout(90)
class InvoicesExampleIT {
  @TempDir Path directory;

  @Test
  void invoicesAreSavedAnsweredPassedOnAndFiled() throws Exception {
    try (MailboxJob job = new MailboxJob(directory)) {
      job.deliver(
          MailboxJob.message("Invoice 7", "7.PDF=seven", "logo.txt=x").replace("Invoice 7@", "7@"));
      job.deliver("List-Id: <offers.partner.example>\n" + MailboxJob.message("invoices-made-easy"));
      job.deliver(MailboxJob.message("lunch"));
      Path file = pointedAt(job);

      Map<String, Object> run = run(job, file);
      assertThat(run).containsEntry("state", "succeeded");
      List<Map<String, Object>> steps = Plain.maps(run, "steps");
      assertThat(Plain.maps(Plain.map(steps.get(1), "outputs"), "files")).hasSize(1);
      String name = job.filesIn("in").get(0);
      assertThat(name).startsWith("20260131-").endsWith("-7.PDF");
      assertThat(job.at("archive/" + name)).hasContent("seven");
      assertThat(job.receivedBy("ada@partner.example"))
          .extracting(m -> m.getSubject())
          .containsExactly("Re: Invoice 7");
      assertThat(job.receivedBy("accounts@acme.example"))
          .extracting(m -> m.getSubject())
          .containsExactly("Fwd: Invoice 7");
      assertThat(job.subjects("Processed")).containsExactly("Invoice 7", "invoices-made-easy");
      assertThat(job.subjects("INBOX")).containsExactly("lunch");

      assertThat(run(job, file)).as("nothing is left to do").containsEntry("state", "succeeded");
      assertThat(job.filesIn("in")).hasSize(1);
      assertThat(job.receivedBy("ada@partner.example")).hasSize(1);
    }
  }

  private static Map<String, Object> run(MailboxJob job, Path file) throws Exception {
    CommandLineRun run =
        CommandLineRun.of(
            Map.of("WAYBILL_STATE", job.at("state").toString(), "MAIL_PASSWORD", "pw"),
            "run",
            "invoices",
            "-c",
            file.toString(),
            "-o",
            "json");
    return Json.readObject(run.out());
  }

  private static Path pointedAt(MailboxJob job) throws Exception {
    String text = Files.readString(Path.of("examples/invoices.yml"));
    text = replaced(text, "host: imap.acme.example", at(job.imapPort()));
    text = replaced(text, "host: smtp.acme.example", at(job.smtpPort()));
    // this server asks nobody who sends for a password
    text =
        replaced(
            text,
            "user: intake@acme.example, password: \"${secrets.mail-password}\", from:",
            "from:");
    text = replaced(text, "/srv/waybill/in/invoices/", job.at("in") + "/");
    text = replaced(text, "/srv/archive/invoices/", job.at("archive") + "/");
    return Files.writeString(job.at("invoices.yml"), text);
  }

  private static String at(int port) {
    return "host: 127.0.0.1, port: " + port + ", tls: off";
  }

  private static String replaced(String text, String old, String now) {
    assertThat(text).contains(old);
    return text.replace(old, now);
  }
}

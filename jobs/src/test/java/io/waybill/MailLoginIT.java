package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.RunRecord;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ServerCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How a connection of the job file comes to be believed by its server, and the reverse. */
@Timeout(60)
@ExtendWith(Leaks.class)
class MailLoginIT {
  private static final List<String> REPORT =
      List.of("- mail.send: { via: outgoing, to: a@b.example, subject: s, text: t }");

  @TempDir Path directory;
  private MailFixture fixture;

  @BeforeEach
  void start() {
    fixture = new MailFixture(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private RunRecord run() {
    try (Waybill waybill = fixture.open()) {
      return waybill.run("job");
    }
  }

  @Test
  void theAuthorityOfTheFileVouchesForTheServer() throws Exception {
    fixture.server.securing(ServerCertificate.LOCALHOST.context()).requiringTls();
    Path pem =
        fixture.write(
            "ca.pem", MailFixture.pem("CERTIFICATE", ServerCertificate.authority().getEncoded()));
    fixture.jobFile("", List.of(fixture.outgoing("")), REPORT);
    assertThat(run().run().message()).contains("no protected connection");

    fixture.jobFile("", List.of(fixture.outgoing(", ca: \"" + pem + "\"")), REPORT);
    assertThat(run().isSuccess()).isTrue();
    assertThat(fixture.server.messages()).hasSize(1);
  }

  @Test
  void theOneMechanismOfTheFileIsUsed() {
    fixture.server.user("u", "pw");
    fixture.write("p", "pw");
    fixture.jobFile(
        "p: { file: p }",
        List.of(
            fixture.outgoing(", tls: off, user: u, password: \"${secrets.p}\", auth: cram-md5")),
        REPORT);

    assertThat(run().isSuccess()).isTrue();
    assertThat(fixture.server.heard()).contains("AUTH CRAM-MD5");
  }

  @Test
  void refreshTokensAreRotatedInTheStateDirectory() throws Exception {
    fixture.server.logins().tokens("access-2", "access-3");
    fixture.write("client", "client-secret");
    fixture.write("first", "refresh-1");
    try (TokenEndpoint endpoint = new TokenEndpoint()) {
      fixture.jobFile(
          "client: { file: client }, first: { file: first }",
          List.of(
              fixture.outgoing(
                  """
                  , tls: off, user: robot@acme.example, auth: xoauth2, oauth: { endpoint: "%s", client-id: c,
                      client-secret: "${secrets.client}", refresh-token: "${secrets.first}", scope: mail }\
                  """
                      .formatted(endpoint.uri()))),
          REPORT);
      RunRecord record = run();
      assertThat(record.run().message()).isEmpty();
      assertThat(endpoint.asked()).hasSize(1);
      assertThat(endpoint.asked().get(0))
          .contains("client_id=c", "client_secret=client-secret", "scope=mail")
          .contains("refresh_token=refresh-1");
      Path kept = fixture.state().mailTokens().resolve("outgoing.token");
      assertThat(kept).hasContent("refresh-2");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
          .isEqualTo("rw-------");

      // another process begins where this one ended
      CommandLineRun sent =
          CommandLineRun.of(
              Map.of("WAYBILL_STATE", fixture.state().path().toString()),
              "send",
              "-c",
              directory.resolve("waybill.yml").toString(),
              "--to",
              "a@b.example",
              "-s",
              "s",
              "--text",
              "t");
      assertThat(sent.code()).as(sent.err()).isZero();
      assertThat(endpoint.asked().get(1)).contains("refresh_token=refresh-2");
      assertThat(kept).hasContent("refresh-3");

      CommandLineRun checked =
          CommandLineRun.of(
              Map.of("WAYBILL_STATE", fixture.state().path().toString()),
              "mail",
              "check",
              "-c",
              directory.resolve("waybill.yml").toString());
      assertThat(endpoint.asked().get(2)).contains("refresh_token=refresh-3");
      assertThat(checked.out() + checked.err()).doesNotContain("access-", "refresh-3");
    }
    assertThat(fixture.server.messages()).hasSize(2);
  }
}

package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code probe} sees before anybody logs in, and what a server says of itself. */
@Timeout(60)
class ProbeIT {
  private static final String KEY = "planted-4712";

  @TempDir Path here;

  private CommandLineRun probe(String... words) {
    List<String> all = new ArrayList<>(List.of("-o", "json", "probe"));
    all.addAll(List.of(words));
    return CommandLineRun.of(Map.of("HOME", here.toString(), "K", KEY), all.toArray(String[]::new));
  }

  private CommandLineRun ftps(String name, String san, int startDays, String... words)
      throws Exception {
    Path home = Files.createDirectories(here.resolve("home"));
    Path key = FtpsFixture.key(here, name, san, startDays);
    try (FtpsFixture server = FtpsFixture.start(home, key, KEY)) {
      List<String> all = new ArrayList<>(List.of(words));
      all.add(
          "ftps://"
              + (words.length > 2 ? FtpsFixture.USER + "@" : "")
              + "127.0.0.1:"
              + server.port()
              + "/");
      return probe(all.toArray(String[]::new));
    }
  }

  @Test
  void withoutALoginItLooksAtWhatComesBefore() throws Exception {
    CommandLineRun run =
        ftps("good", "SAN=ip:127.0.0.1", 0, "--ca", here.resolve("good.pem").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("\"name\" : \"greeting\"", "\"trusted\" : true", "\"days-left\" : 36")
        .contains("\"login\" : \"no user")
        .doesNotContain("\"name\" : \"login\"");
  }

  @Test
  void anExpiredCertificateIsJudgedWhereItIsSeen() throws Exception {
    CommandLineRun run =
        ftps("expired", "SAN=ip:127.0.0.1", -400, "--ca", here.resolve("expired.pem").toString());
    assertThat(run.code()).isEqualTo(5);
    assertThat(run.out())
        .contains("\"trusted\" : false", "\"days-left\" : -3")
        .containsPattern("\"why\" : \"[^\"]*is not now");
  }

  @Test
  void aCertificateOfAnotherNameOrIssuerIsToldApart() throws Exception {
    CommandLineRun other =
        ftps("other", "SAN=dns:ftp.example.org", 0, "--ca", here.resolve("other.pem").toString());
    assertThat(other.code()).isEqualTo(5);
    assertThat(other.out()).containsPattern("\"why\" : \"[^\"]*is not for the name 127.0.0.1");
    CommandLineRun unknown = ftps("unknown", "SAN=ip:127.0.0.1", 0);
    assertThat(unknown.code()).isEqualTo(5);
    assertThat(unknown.out()).containsPattern("\"why\" : \"[^\"]*do not vouch for");
  }

  @Test
  void aServersOwnWordsAreToldAtTheLogin() throws Exception {
    CommandLineRun run =
        ftps(
            "good",
            "SAN=ip:127.0.0.1",
            0,
            "--ca",
            here.resolve("good.pem").toString(),
            "--key-env",
            "K");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("\"features\" : [", "\"REST STREAM\"", "unknown, --write tries it")
        .doesNotContain(KEY);
  }

  @Test
  void aHostKeyIsShownAndJudgedBeforeTheLogin() throws IOException {
    Path home = Files.createDirectories(here.resolve("sftp"));
    try (SftpFixture sftp = new SftpFixture(home, KEY)) {
      String uri = "sftp://127.0.0.1:" + sftp.port() + "/";
      Path known = here.resolve("known");
      CommandLineRun unknown = probe("--known-hosts", known.toString(), "--accept-new", uri);
      assertThat(unknown.code()).isEqualTo(5);
      assertThat(unknown.out())
          .contains("\"name\" : \"host-key\"", "\"type\" : \"ecdsa-sha2-nistp256\"")
          .contains("\"trusted\" : false", "SHA256:", "SSH-2.0-");
      assertThat(known).as("only looked at").doesNotExist();

      sftp.knownHosts(known);
      CommandLineRun run = probe("--known-hosts", known.toString(), uri);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).contains("\"trusted\" : true", "\"login\" : \"no user");

      CommandLineRun loggedIn =
          probe(
              "--known-hosts",
              known.toString(),
              "--key-env",
              "K",
              "sftp://" + SftpFixture.USER + "@127.0.0.1:" + sftp.port() + "/");
      assertThat(loggedIn.code()).as(loggedIn.err()).isZero();
      assertThat(loggedIn.out())
          .contains("\"renames-over-a-file\" : true", "\"posix-rename@openssh.com\"");
    }
  }
}

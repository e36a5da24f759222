package io.waybill.jobs.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SandboxIT {
  @TempDir Path root;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> root);

  @Test
  void takesMailAfterALoginAndGivesItBackByImap() throws Exception {
    try (Sandbox sandbox = Sandbox.start(root, root.resolve("hub"))) {
      SandboxLogin login = sandbox.mailLogin();
      try (Dialogue smtp = new Dialogue(sandbox.host(), sandbox.smtpPort())) {
        smtp.expect("220 ");
        smtp.say("EHLO test", "250 ");
        smtp.say("AUTH PLAIN " + plain(login.user(), login.password()), "235 ");
        smtp.say("MAIL FROM:<robot@waybill.test>", "250 ");
        smtp.say("RCPT TO:<" + sandbox.mailAddress() + ">", "250 ");
        smtp.say("DATA", "354 ");
        smtp.say("Subject: report\r\n\r\nwhole and verified\r\n.", "250 ");
        smtp.say("QUIT", "221 ");
      }
      try (Dialogue imap = new Dialogue(sandbox.host(), sandbox.imapPort())) {
        imap.expect("* OK");
        imap.say("a LOGIN " + login.user() + " \"" + login.password() + "\"", "a OK");
        imap.say("b SELECT INBOX", "b OK");
        assertThat(imap.say("c FETCH 1 BODY[TEXT]", "c OK")).contains("whole and verified");
        imap.say("d LOGOUT", "d OK");
      }
    }
  }

  @Test
  void refusesMailWithoutALogin() throws Exception {
    try (Sandbox sandbox = Sandbox.start(root, root.resolve("hub"));
        Dialogue smtp = new Dialogue(sandbox.host(), sandbox.smtpPort())) {
      smtp.expect("220 ");
      smtp.say("EHLO test", "250 ");
      smtp.say("MAIL FROM:<robot@waybill.test>", "530 ");
      smtp.say("AUTH PLAIN " + plain(sandbox.mailLogin().user(), "wrong"), "535 ");
      smtp.say("mail from:<robot@waybill.test>", "530 ");
    }
  }

  @Test
  void refusesAWrongImapPassword() throws Exception {
    try (Sandbox sandbox = Sandbox.start(root, root.resolve("hub"));
        Dialogue imap = new Dialogue(sandbox.host(), sandbox.imapPort())) {
      imap.expect("* OK");
      imap.say("a LOGIN " + sandbox.mailLogin().user() + " wrong", "a NO");
    }
  }

  @Test
  void ftpReadsAndWritesBelowItsRootOnly() throws Exception {
    Path ftpRoot = root.resolve("ftp");
    Files.writeString(root.resolve("outside.txt"), "out of reach");
    try (Sandbox sandbox = Sandbox.start(ftpRoot, root.resolve("hub"))) {
      Files.writeString(ftpRoot.resolve("été 🚚.txt"), "inside");
      FTPClient ftp = new FTPClient();
      ftp.setControlEncoding("UTF-8");
      ftp.connect(sandbox.host(), sandbox.ftpPort());
      try {
        assertThat(ftp.login(sandbox.ftpLogin().user(), sandbox.ftpLogin().password())).isTrue();
        ftp.enterLocalPassiveMode();
        ftp.setFileType(FTP.BINARY_FILE_TYPE);
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        assertThat(ftp.retrieveFile("/été 🚚.txt", read)).isTrue();
        assertThat(read.toString(UTF_8)).isEqualTo("inside");
        assertThat(ftp.retrieveFile("../outside.txt", new ByteArrayOutputStream())).isFalse();
        assertThat(ftp.makeDirectory("in")).isTrue();
        assertThat(ftp.storeFile("in/x", new ByteArrayInputStream(new byte[100_000]))).isTrue();
        assertThat(ftp.rename("in/x", "in/y")).isTrue();
        assertThat(ftp.deleteFile("été 🚚.txt")).isTrue();
        ftp.logout();
      } finally {
        ftp.disconnect();
      }
      assertThat(ftpRoot.resolve("in/y")).hasSize(100_000);
      assertThat(ftpRoot.resolve("été 🚚.txt")).doesNotExist();
    }
  }

  @Test
  void ftpRefusesAWrongPasswordAndStrangers() throws Exception {
    try (Sandbox sandbox = Sandbox.start(root, root.resolve("hub"))) {
      for (String user : new String[] {sandbox.ftpLogin().user(), "anonymous", "somebody"}) {
        FTPClient ftp = new FTPClient();
        ftp.connect(sandbox.host(), sandbox.ftpPort());
        try {
          assertThat(ftp.login(user, "wrong")).as(user).isFalse();
        } finally {
          ftp.disconnect();
        }
      }
    }
  }

  @Test
  void twoSandboxesShareNothing() throws Exception {
    try (Sandbox one = Sandbox.start(root.resolve("one"), root.resolve("one-hub"));
        Sandbox two = Sandbox.start(root.resolve("two"), root.resolve("two-hub"))) {
      assertThat(one.ftpPort()).isNotEqualTo(two.ftpPort());
      assertThat(one.mailLogin().password())
          .hasSize(24)
          .isNotEqualTo(two.mailLogin().password())
          .isNotEqualTo(one.ftpLogin().password());
    }
  }

  @Test
  void passwordsAreNotPrinted() {
    SandboxLogin login = SandboxLogin.generate("demo");

    assertThat(login.toString()).contains("demo").doesNotContain(login.password());
  }

  private static String plain(String user, String password) {
    return Base64.getEncoder().encodeToString(("\0" + user + "\0" + password).getBytes(UTF_8));
  }

  /** Says lines and reads up to the reply's last line. */
  private static final class Dialogue implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Dialogue(String host, int port) throws IOException {
      socket = new Socket(host, port);
      socket.setSoTimeout(20_000);
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    String say(String line, String expected) throws IOException {
      socket.getOutputStream().write((line + "\r\n").getBytes(UTF_8));
      return expect(expected);
    }

    /** Reads lines until one is final: an SMTP reply's, or an IMAP response with its tag. */
    String expect(String expected) throws IOException {
      StringBuilder all = new StringBuilder();
      String line;
      while ((line = in.readLine()) != null) {
        all.append(line).append('\n');
        if (line.matches("\\d{3} .*|[a-z] (OK|NO|BAD).*|\\* OK IMAP.*")) {
          break;
        }
      }
      assertThat(line).as("after:\n%s", all).startsWith(expected);
      return all.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

package io.waybill.jobs.sandbox;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Throw-away servers in this process, on free ports of 127.0.0.1, with passwords made up at start:
 * SMTP and IMAP with one mailbox in memory, and FTP into a directory.
 *
 * <p>Every server wants a login. None of them speaks TLS: they are reachable from this machine
 * only. Needs GreenMail and Apache FtpServer on the class path (the distribution's {@code
 * lib/sandbox}).
 *
 * <pre>{@code
 * try (Sandbox sandbox = Sandbox.start(Files.createTempDirectory("waybill-ftp"))) {
 *   ... sandbox.host(), sandbox.ftpPort(), sandbox.ftpLogin()
 * }
 * }</pre>
 */
public final class Sandbox implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String USER = "demo";
  private static final String MAIL_ADDRESS = USER + "@waybill.test"; // RFC 2606: nobody's domain
  private static final List<String> LOUD =
      List.of(
          "com.icegreen.greenmail",
          "org.apache.ftpserver",
          "org.apache.mina",
          MailSandbox.class.getName()); // its servers log under their own classes' names

  private final SandboxLogin mailLogin;
  private final SandboxLogin ftpLogin;
  private final MailSandbox mail;
  private final FtpSandbox ftp;

  private Sandbox(SandboxLogin mailLogin, SandboxLogin ftpLogin, MailSandbox mail, FtpSandbox ftp) {
    this.mailLogin = mailLogin;
    this.ftpLogin = ftpLogin;
    this.mail = mail;
    this.ftp = ftp;
  }

  /**
   * Starts the servers.
   *
   * @param ftpRoot what the FTP user sees as {@code /}; made if it does not exist
   * @throws IOException if the directory cannot be made or a server cannot start; none is left
   *     running then
   */
  public static Sandbox start(Path ftpRoot) throws IOException {
    quieten();
    Files.createDirectories(ftpRoot);
    SandboxLogin mailLogin = SandboxLogin.generate(USER);
    SandboxLogin ftpLogin = SandboxLogin.generate(USER);
    MailSandbox mail = MailSandbox.start(HOST, MAIL_ADDRESS, mailLogin);
    try {
      return new Sandbox(mailLogin, ftpLogin, mail, FtpSandbox.start(HOST, ftpLogin, ftpRoot));
    } catch (IOException | RuntimeException e) {
      mail.close();
      throw e;
    }
  }

  /** Returns the address that all servers listen on. */
  public String host() {
    return HOST;
  }

  /** Returns the SMTP server's port; it takes mail for any address after a login. */
  public int smtpPort() {
    return mail.smtpPort();
  }

  /** Returns the IMAP server's port. */
  public int imapPort() {
    return mail.imapPort();
  }

  /** Returns who may log in to SMTP and IMAP. */
  public SandboxLogin mailLogin() {
    return mailLogin;
  }

  /** Returns the address whose mail the IMAP user reads. */
  public String mailAddress() {
    return MAIL_ADDRESS;
  }

  /** Returns the FTP server's port, for passive mode in plain text. */
  public int ftpPort() {
    return ftp.port();
  }

  /** Returns who may log in to FTP. */
  public SandboxLogin ftpLogin() {
    return ftpLogin;
  }

  /** Stops the servers and closes every connection; what was mailed is gone, files stay. */
  @Override
  public void close() {
    try {
      ftp.close();
    } finally {
      mail.close();
    }
  }

  /** The servers tell every connection and every broken one, which here is broken on purpose. */
  private static void quieten() {
    for (String name : LOUD) {
      if (LoggerFactory.getLogger(name) instanceof Logger logger) {
        logger.setLevel(Level.OFF);
      }
    }
  }
}

package io.waybill.jobs.sandbox;

import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Throw-away servers in this process, on free ports of 127.0.0.1, with passwords made up at start:
 * SMTP and IMAP with one mailbox in memory, FTP into a directory, and a chunk server into another.
 *
 * <p>Every server wants a login. None of them speaks TLS: they are reachable from this machine
 * only. Needs GreenMail and Apache FtpServer on the class path (the distribution's {@code
 * lib/sandbox}).
 *
 * <pre>{@code
 * try (Sandbox sandbox = Sandbox.start(directory.resolve("ftp"), directory.resolve("hub"))) {
 *   ... sandbox.host(), sandbox.ftpPort(), sandbox.ftpLogin()
 * }
 * }</pre>
 */
public final class Sandbox implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String USER = "demo";
  private static final String MAIL_ADDRESS = USER + "@waybill.test"; // RFC 2606: nobody's domain
  private final SandboxLogin ftpLogin;
  private final SandboxLogin mailLogin;
  private final MailSandbox mail;
  private final FtpSandbox ftp;
  private final SandboxLogin chunkLogin;
  private final TransferServer chunks;

  private Sandbox(
      SandboxLogin mailLogin,
      MailSandbox mail,
      SandboxLogin ftpLogin,
      FtpSandbox ftp,
      SandboxLogin chunkLogin,
      TransferServer chunks) {
    this.mailLogin = mailLogin;
    this.mail = mail;
    this.ftpLogin = ftpLogin;
    this.ftp = ftp;
    this.chunkLogin = chunkLogin;
    this.chunks = chunks;
  }

  /**
   * Starts the servers.
   *
   * @param ftpRoot what the FTP user sees as {@code /}; made if it does not exist
   * @param chunkRoot what the chunk server's user sees as {@code /}; made if it does not exist
   * @throws IOException if the directory cannot be made or a server cannot start; none is left
   *     running then
   */
  public static Sandbox start(Path ftpRoot, Path chunkRoot) throws IOException {
    Files.createDirectories(ftpRoot);
    Files.createDirectories(chunkRoot);
    SandboxLogin mailLogin = SandboxLogin.generate(USER);
    SandboxLogin ftpLogin = SandboxLogin.generate(USER);
    SandboxLogin chunkLogin = SandboxLogin.generate(USER);
    MailSandbox mail = MailSandbox.start(HOST, MAIL_ADDRESS, mailLogin);
    try {
      FtpSandbox ftp = FtpSandbox.start(HOST, ftpLogin, ftpRoot);
      try {
        TransferServer chunks = chunkServer(chunkLogin, chunkRoot).start();
        return new Sandbox(mailLogin, mail, ftpLogin, ftp, chunkLogin, chunks);
      } catch (RuntimeException e) {
        ftp.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      mail.close();
      throw e;
    }
  }

  private static TransferServer chunkServer(SandboxLogin login, Path root) {
    return TransferServer.builder(root)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .user(login.user(), login::password)
        .plaintext()
        .build();
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

  /** Returns the chunk server's port, for the {@code waybill:} protocol. */
  public int chunkPort() {
    return chunks.port();
  }

  /** Returns who may log in to the chunk server; the password is its key. */
  public SandboxLogin chunkLogin() {
    return chunkLogin;
  }

  /** Stops the servers and closes every connection; what was mailed is gone, files stay. */
  @Override
  public void close() {
    try (mail;
        ftp) {
      chunks.close();
    }
  }
}

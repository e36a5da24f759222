package io.waybill.mail;

import static java.util.Objects.requireNonNull;

import io.waybill.testkit.RealServers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a real Postfix that hands over to a real Dovecot while a test class runs. */
public final class PostfixDovecot implements BeforeAllCallback, AfterAllCallback {
  /** Users up to it are for tests that do not mind what others have left in a mailbox. */
  private static final int LAST_SHARED_USER = 10;

  private final RealServers servers =
      RealServers.script(Path.of("src/test/servers/postfix-dovecot.sh"))
          .needing("postfix", "dovecot", "doveadm", "openssl", "/usr/lib/dovecot/pop3")
          .listeningOn("SMTP", "SUBMISSION", "SUBMISSIONS", "IMAP", "IMAPS", "POP3", "POP3S");

  private final AtomicInteger lastUser = new AtomicInteger(LAST_SHARED_USER);
  private @Nullable SSLContext trusting;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    servers.beforeAll(context);
    trusting = TrustedPem.context(directory().resolve("server.crt"));
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    servers.afterAll(context);
  }

  /** Returns where the servers have their files and logs. */
  public Path directory() {
    return servers.directory();
  }

  /** Returns a port by its name in the script. */
  public int port(String name) {
    return servers.port(name);
  }

  /** Returns a mailbox that is empty and that nobody else has. */
  public DovecotMailbox newMailbox() {
    return DovecotMailbox.make(
        dovecot(), "u" + lastUser.incrementAndGet(), directory().resolve("dovecot/mail"));
  }

  /** Returns Dovecot, to be stopped and started. */
  public Dovecot dovecot() {
    return new Dovecot(directory().resolve("dovecot"));
  }

  /** Starts from where mail is submitted with STARTTLS, as {@code u1}. */
  public MailAccount.Builder submission() {
    return account("SUBMISSION", MailSecurity.STARTTLS);
  }

  /** Starts from where mail is submitted with TLS, as {@code u1}. */
  public MailAccount.Builder submissions() {
    return account("SUBMISSIONS", MailSecurity.IMPLICIT_TLS);
  }

  /** Starts from where mail is read over IMAP with STARTTLS, as {@code u1}. */
  public MailAccount.Builder imap() {
    return account("IMAP", MailSecurity.STARTTLS);
  }

  /** Starts from where mail is read over IMAP with TLS, as {@code u1}. */
  public MailAccount.Builder imaps() {
    return account("IMAPS", MailSecurity.IMPLICIT_TLS);
  }

  /** Starts from where mail is read over POP3 with STLS, as {@code u1}. */
  public MailAccount.Builder pop3() {
    return account("POP3", MailSecurity.STARTTLS);
  }

  /** Starts from where mail is read over POP3 with TLS, as {@code u1}. */
  public MailAccount.Builder pop3s() {
    return account("POP3S", MailSecurity.IMPLICIT_TLS);
  }

  private MailAccount.Builder account(String port, MailSecurity security) {
    return MailAccount.builder()
        .host("localhost")
        .port(port(port))
        .security(security)
        .sslContext(requireNonNull(trusting, "the servers have not been started"))
        .user("u1")
        .password(servers::password);
  }
}

package io.waybill.jobs.sandbox;

import com.icegreen.greenmail.Managers;
import com.icegreen.greenmail.configuration.GreenMailConfiguration;
import com.icegreen.greenmail.server.AbstractServer;
import com.icegreen.greenmail.server.ProtocolHandler;
import com.icegreen.greenmail.smtp.SmtpConnection;
import com.icegreen.greenmail.smtp.SmtpHandler;
import com.icegreen.greenmail.smtp.SmtpManager;
import com.icegreen.greenmail.smtp.SmtpServer;
import com.icegreen.greenmail.smtp.SmtpState;
import com.icegreen.greenmail.smtp.commands.SmtpCommand;
import com.icegreen.greenmail.smtp.commands.SmtpCommandRegistry;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.net.Socket;
import java.util.Map;

/** An SMTP and an IMAP server with one mailbox, in memory, that serve nobody without a password. */
final class MailSandbox implements AutoCloseable {
  private final GreenMail servers;

  private MailSandbox(GreenMail servers) {
    this.servers = servers;
  }

  static MailSandbox start(String host, String address, SandboxLogin login) throws IOException {
    ServerSetup[] ports = {
      new ServerSetup(0, host, ServerSetup.PROTOCOL_SMTP),
      new ServerSetup(0, host, ServerSetup.PROTOCOL_IMAP)
    };
    GreenMail servers = new StrictGreenMail(ports);
    servers.withConfiguration(
        GreenMailConfiguration.aConfig().withUser(address, login.user(), login.password()));
    try {
      servers.start();
    } catch (IllegalStateException e) {
      throw new IOException("cannot start the sandbox's mail server on " + host, e);
    }
    return new MailSandbox(servers);
  }

  int smtpPort() {
    return servers.getSmtp().getPort();
  }

  int imapPort() {
    return servers.getImap().getPort();
  }

  @Override
  public void close() {
    servers.stop();
  }

  /** GreenMail takes mail from anybody; a sandbox that does would hide a missing login. */
  private static final class StrictGreenMail extends GreenMail {
    StrictGreenMail(ServerSetup[] ports) {
      super(ports);
    }

    @Override
    protected Map<String, AbstractServer> createServices(ServerSetup[] ports, Managers managers) {
      Map<String, AbstractServer> services = super.createServices(ports, managers);
      services.computeIfPresent(
          ServerSetup.PROTOCOL_SMTP,
          (protocol, lax) -> new StrictSmtpServer(lax.getServerSetup(), managers));
      return services;
    }
  }

  private static final class StrictSmtpServer extends SmtpServer {
    StrictSmtpServer(ServerSetup port, Managers managers) {
      super(port, managers);
    }

    @Override
    protected ProtocolHandler createProtocolHandler(Socket client) {
      return new SmtpHandler(new StrictCommands(), managers.getSmtpManager(), client);
    }
  }

  private static final class StrictCommands extends SmtpCommandRegistry {
    @Override
    public SmtpCommand getCommand(String name) {
      SmtpCommand command = super.getCommand(name);
      return "MAIL".equals(name) ? new AfterLogin(command) : command;
    }
  }

  /** RFC 4954 6: 530 for a command that needs authentication first. */
  private static final class AfterLogin extends SmtpCommand {
    private final SmtpCommand command;

    AfterLogin(SmtpCommand command) {
      this.command = command;
    }

    @Override
    public void execute(
        SmtpConnection connection, SmtpState state, SmtpManager manager, String line)
        throws IOException {
      if (connection.isAuthenticated()) {
        command.execute(connection, state, manager, line);
      } else {
        connection.send("530 5.7.0 Authentication required");
      }
    }
  }
}

package io.waybill.transfer.sftp;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.USocketFactory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gives the SSH library the keys that a user logs in with: from a file, from an agent. */
final class LoginKeys {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private LoginKeys() {}

  static void addTo(JSch jsch, SftpServer server) throws SshRefusedException {
    if (server.agent().isPresent()) {
      addAgent(jsch, server.agent().get());
    }
    if (server.privateKey().isPresent()) {
      addFile(jsch, server.privateKey().get(), server.passphrase().orElse(null));
    }
  }

  private static void addFile(JSch jsch, Path file, @Nullable Supplier<String> passphrase)
      throws SshRefusedException {
    byte @Nullable [] secret = null;
    try {
      requirePrivate(file);
      byte[] bytes = Files.readAllBytes(file);
      KeyPair pair = KeyPair.load(jsch, bytes, null);
      if (pair.isEncrypted()) {
        if (passphrase == null) {
          throw unusable(file, "it is encrypted, and there is no passphrase for it", null);
        }
        secret = passphrase.get().getBytes(StandardCharsets.UTF_8);
        if (!pair.decrypt(secret.clone())) {
          throw unusable(file, "the passphrase does not open it", null);
        }
      }
      pair.dispose();
      jsch.addIdentity(file.toString(), bytes, null, secret);
      Arrays.fill(bytes, (byte) 0);
    } catch (JSchException e) {
      throw unusable(
          file, "it is no private key of OpenSSH, PKCS#8 or PEM (RSA, ECDSA, Ed25519)", e);
    } catch (IOException e) {
      if (e instanceof SshRefusedException refused) {
        throw refused;
      }
      throw unusable(
          file, e instanceof NoSuchFileException ? "there is no such file" : e.toString(), e);
    } finally {
      if (secret != null) {
        Arrays.fill(secret, (byte) 0);
      }
    }
  }

  // as ssh does: such a key is not believed to be a secret
  private static void requirePrivate(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> rights = EnumSet.copyOf(OTHERS);
    rights.retainAll(Files.getPosixFilePermissions(file));
    if (!rights.isEmpty()) {
      throw unusable(file, "others may read or change it: chmod 600 it", null);
    }
  }

  private static SshRefusedException unusable(Path file, String why, @Nullable Throwable cause) {
    return new SshRefusedException(
        SshRefusedException.Reason.SETTINGS,
        "The private key %s cannot be used: %s".formatted(file, why),
        cause);
  }

  private static void addAgent(JSch jsch, Path socket) throws SshRefusedException {
    try {
      SSHAgentConnector agent = new SSHAgentConnector(new JdkSockets(), socket);
      for (Identity each : new AgentIdentityRepository(agent).getIdentities()) {
        jsch.addIdentity(each, null);
      }
      if (jsch.getIdentityNames().isEmpty()) {
        throw unusableAgent(socket, "it does not answer, or has no keys; see ssh-add -l", null);
      }
    } catch (JSchException e) {
      throw unusableAgent(socket, e.toString(), e);
    }
  }

  private static SshRefusedException unusableAgent(
      Path socket, String why, @Nullable Throwable cause) {
    return new SshRefusedException(
        SshRefusedException.Reason.SETTINGS,
        "The ssh-agent at %s cannot be used: %s".formatted(socket, why),
        cause);
  }

  /** Unix-domain sockets of the JDK; the library looks for ones of its own in native jars. */
  private static final class JdkSockets implements USocketFactory {
    @Override
    public SocketChannel connect(Path path) throws IOException {
      return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    @Override
    public ServerSocketChannel bind(Path path) throws IOException {
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(path));
      return channel;
    }
  }
}

package io.waybill.transfer.sftp;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.subsystem.SubsystemFactory;

/**
 * An SFTP subsystem that answers as a test says, and as a well-behaved one where it says nothing.
 */
final class ScriptedSftp implements SubsystemFactory {
  /** Answers one request; false for the ordinary answer. */
  interface Script {
    boolean answer(int type, int id, ByteBuffer fields, DataOutputStream out) throws IOException;
  }

  private static final int TIME = 1_700_000_000;
  private static final int REGULAR_0644 = 0100644;
  private final byte[] content;
  private final Script script;

  ScriptedSftp(byte[] content, Script script) {
    this.content = content;
    this.script = script;
  }

  @Override
  public String getName() {
    return "sftp";
  }

  @Override
  public Command createSubsystem(ChannelSession channel) {
    return new Running();
  }

  static void packet(DataOutputStream out, int type, int id, byte[] rest) throws IOException {
    out.writeInt(5 + rest.length);
    out.writeByte(type);
    out.writeInt(id);
    out.write(rest);
    out.flush();
  }

  static byte[] fields(Object... values) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 19);
    for (Object each : values) {
      if (each instanceof Integer number) {
        buffer.putInt(number);
      } else if (each instanceof Long number) {
        buffer.putLong(number);
      } else {
        byte[] bytes =
            each instanceof byte[] raw ? raw : each.toString().getBytes(StandardCharsets.UTF_8);
        buffer.putInt(bytes.length).put(bytes);
      }
    }
    byte[] result = new byte[buffer.position()];
    buffer.flip().get(result);
    return result;
  }

  static byte[] string(ByteBuffer fields) {
    byte[] bytes = new byte[fields.getInt()];
    fields.get(bytes);
    return bytes;
  }

  /** The fields of a listing of these names. */
  static byte[] names(String... names) {
    Object[] values = new Object[1 + 3 * names.length];
    values[0] = names.length;
    for (int i = 0; i < names.length; i++) {
      values[1 + 3 * i] = names[i];
      values[2 + 3 * i] = "-rw-r--r-- " + names[i];
      values[3 + 3 * i] = 0;
    }
    return fields(values);
  }

  private final class Running implements Command {
    private DataInputStream in = new DataInputStream(InputStream.nullInputStream());
    private DataOutputStream out = new DataOutputStream(OutputStream.nullOutputStream());

    @Override
    public void setInputStream(InputStream stream) {
      in = new DataInputStream(stream);
    }

    @Override
    public void setOutputStream(OutputStream stream) {
      out = new DataOutputStream(stream);
    }

    @Override
    public void setErrorStream(OutputStream stream) {
      // nothing to say
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
      // ends with its channel
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
      Thread thread = new Thread(this::serve, "scripted-sftp");
      thread.setDaemon(true);
      thread.start();
    }

    private void serve() {
      try {
        while (true) {
          int length = in.readInt();
          int type = in.readUnsignedByte();
          int id = in.readInt();
          byte[] rest = new byte[length - 5];
          in.readFully(rest);
          if (!script.answer(type, id, ByteBuffer.wrap(rest), out)) {
            ordinary(type, id, ByteBuffer.wrap(rest));
          }
        }
      } catch (EOFException e) {
        // the client is done
        return;
      } catch (IOException e) {
        // and so is this
        return;
      }
    }

    private void ordinary(int type, int id, ByteBuffer request) throws IOException {
      switch (type) {
        case Fxp.INIT -> packet(out, Fxp.VERSION, 3, new byte[0]);
        case Fxp.STAT -> {
          boolean directory = new String(string(request), StandardCharsets.UTF_8).equals("d");
          packet(
              out,
              Fxp.ATTRS,
              id,
              fields(13, (long) content.length, directory ? 0040755 : REGULAR_0644, TIME, TIME));
        }
        case Fxp.OPEN, Fxp.OPENDIR -> packet(out, Fxp.HANDLE, id, fields("h"));
        case Fxp.READ -> {
          string(request);
          long offset = request.getLong();
          int length = (int) Math.min(request.getInt(), content.length - offset);
          if (length <= 0) {
            status(out, id, Status.EOF);
          } else {
            byte[] data = new byte[length];
            System.arraycopy(content, (int) offset, data, 0, length);
            packet(out, Fxp.DATA, id, fields((Object) data));
          }
        }
        default -> status(out, id, Status.OK);
      }
    }

    @Override
    public void destroy(ChannelSession channel) {
      // its streams end
    }
  }

  static void status(DataOutputStream out, int id, int code) throws IOException {
    packet(out, Fxp.STATUS, id, fields(code, "scripted", "en"));
  }
}

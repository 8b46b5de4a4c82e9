package io.cardea.apps.server.mqtt;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Recognition;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.StatusListener;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.protocols.edge.ClientCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Sessions of this process alone: judged when they begin, and again when the status of any
/// certificate changed.
public final class JudgedSessions implements MqttSessions {
  private final Access access;
  private final Recognition recognition;
  private final Map<String, Fingerprint> open = new ConcurrentHashMap<>();
  private final AtomicBoolean changed = new AtomicBoolean();

  public JudgedSessions(Access access, Recognition recognition) {
    this.access = access;
    this.recognition = recognition;
  }

  @Override
  public Admission open(String session, ClientCertificate certificate, DeviceId claimed)
      throws Refused {
    Fingerprint fingerprint = Fingerprint.ofDigest(certificate.sha256());
    Admission admission = access.use(fingerprint);
    if (admission instanceof Admission.Denied(var refusal, var _)
        && refusal == Refusal.CREDENTIAL_UNKNOWN
        && recognition.recognise(certificate.der())) {
      admission = access.use(fingerprint);
    }
    if (admission instanceof Admission.Admitted(var device, var _)) {
      if (!device.id().equals(claimed)) {
        return new Admission.Denied(Refusal.IDENTITY_MISMATCH, Optional.of(device));
      }
      open.put(session, fingerprint);
    }
    return admission;
  }

  @Override
  public void close(String session) {
    open.remove(session);
  }

  @Override
  public List<String> toEnd() {
    if (!changed.getAndSet(false)) {
      return List.of();
    }
    List<String> over = new ArrayList<>();
    open.forEach((session, fingerprint) -> {
      try {
        if (access.wouldUse(fingerprint) instanceof Admission.Denied) {
          over.add(session);
        }
      } catch (Refused notNow) {
        changed.set(true); // looked at again
      }
    });
    return over;
  }

  /// Marks what changed, and calls `then`.
  public StatusListener listener(Runnable then) {
    return new StatusListener() {
      @Override
      public void moved(AuthorityId authority, int shard, long position) {}

      @Override
      public void changed(AuthorityId authority, List<Serial> serials) {
        changed.set(true);
        then.run();
      }

      @Override
      public void lost() {
        changed.set(true);
        then.run();
      }

      @Override
      public void confirmed(long nanos) {}
    };
  }
}

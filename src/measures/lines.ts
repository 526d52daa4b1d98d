/** One line of the annex: what is promised, in our own words. */
export interface Line {
  /** Its number in the mission: A for the security annex, B for the expanded measures. */
  readonly id: string
  readonly promise: string
}

export interface Heading {
  readonly document: string
  readonly title: string
  readonly lines: readonly Line[]
}

const annex = 'Technical and organisational measures'
const incidents = 'Incident response'
const expanded = 'Expanded measures'

const line = (id: string, promise: string): Line => ({ id, promise })

/**
 * The annex as it stands on the home page: every promise, in order, under its heading. Which
 * measures stand for a line is the measures' own word (`lines`), so it is not repeated here.
 */
export const headings: readonly Heading[] = [
  {
    document: annex,
    title: 'Access and its governance',
    lines: [
      line('A1', 'Access goes by role, and no role holds more rights than its work needs.'),
      line('A2', 'Every privileged account shows a second factor.'),
      line('A3', 'Each person has credentials of their own, with passwords hard to guess.'),
      line('A4', 'Access is reviewed regularly, and dormant accounts are removed.'),
    ],
  },
  {
    document: annex,
    title: 'Encryption',
    lines: [
      line('A5', 'Data in transit is encrypted with TLS 1.3; 1.2 only by explicit exception.'),
      line('A6', 'Data at rest is encrypted with AES-256.'),
      line('A7', 'Keys are managed, and rotated regularly.'),
    ],
  },
  {
    document: annex,
    title: 'Application security',
    lines: [
      line('A8', 'Software is developed with code review and automated scanning.'),
      line('A9', 'Penetration tests and vulnerability assessments take place regularly.'),
      line('A10', 'Changes are staged and tested, and can be rolled back.'),
    ],
  },
  {
    document: annex,
    title: 'Network and infrastructure',
    lines: [
      line('A11', 'Production, staging and development are separated.'),
      line('A12', 'A web application firewall and intrusion prevention stand before the data.'),
      line('A13', 'Floods of requests are absorbed while real users are served.'),
    ],
  },
  {
    document: annex,
    title: 'Monitoring and logs',
    lines: [
      line('A14', 'Logs come together in one place, and anomalies raise an alert.'),
      line('A15', 'Administrative acts and exports are kept in an audit log.'),
      line('A16', 'Logs are retained for investigations.'),
    ],
  },
  {
    document: annex,
    title: 'Continuity and recovery',
    lines: [
      line('A17', 'Encrypted backups are made daily and kept in another place.'),
      line('A18', 'Recovery from disaster is exercised at least once a year.'),
      line('A19', 'How much may be lost and how long recovery may take is defined, and measured.'),
    ],
  },
  {
    document: annex,
    title: 'Vendors and sub-processors',
    lines: [
      line('A20', 'Vendors and sub-processors are examined before they touch data.'),
      line('A21', 'Contracts bind them to protect the data.'),
    ],
  },
  {
    document: incidents,
    title: 'What opens an incident',
    lines: [
      line(
        'A22',
        'Detections, outside alerts, and reports by staff, customers or anyone else open an incident.',
      ),
    ],
  },
  {
    document: incidents,
    title: 'First response',
    lines: [
      line('A23', 'What is affected is contained and isolated at once.'),
      line('A24', 'Credentials are rotated, and compromised access is revoked.'),
      line('A25', 'Evidence is preserved.'),
    ],
  },
  {
    document: incidents,
    title: 'Telling the controllers',
    lines: [
      line(
        'A26',
        'Affected controllers are told without undue delay, within 72 hours at the outside.',
      ),
      line(
        'A27',
        'The first notice names nature, data subjects, records, consequences, measures and a contact.',
      ),
    ],
  },
  {
    document: incidents,
    title: 'Investigation and remedy',
    lines: [
      line('A28', 'The root cause is found.'),
      line('A29', 'Corrective actions keep it from happening again.'),
      line('A30', 'The security posture is reviewed and updated.'),
    ],
  },
  {
    document: incidents,
    title: 'Afterwards',
    lines: [
      line('A31', 'Those concerned meet to learn from the incident.'),
      line('A32', 'Controls and policies are updated.'),
      line('A33', 'Customers receive a final report.'),
    ],
  },
  {
    document: expanded,
    title: 'Encryption and keys',
    lines: [
      line('B1', 'All data in transfer goes over TLS 1.3.'),
      line('B2', 'Data at rest is encrypted with AES-256 and unreadable to outsiders.'),
      line('B3', 'Keys are in the custody of a hardware module or a trusted key service.'),
    ],
  },
  {
    document: expanded,
    title: 'Access and audit',
    lines: [
      line('B4', 'Several factors and roles confine access to those who need it.'),
      line('B5', 'Access is monitored continuously, and the audit trail is stored safely.'),
    ],
  },
  {
    document: expanded,
    title: 'Networks and devices',
    lines: [
      line('B6', 'Networks are segmented, and remote access goes through a protected channel.'),
      line('B7', 'Firewalls and intrusion detection watch and hold off threats as they come.'),
      line('B8', 'Every device that touches the data is protected.'),
    ],
  },
  {
    document: expanded,
    title: 'Testing, patching, redundancy',
    lines: [
      line('B9', 'Vulnerability assessments and penetration tests find weaknesses regularly.'),
      line('B10', 'Systems are patched promptly.'),
      line('B11', 'Backups are redundant, so data stays available.'),
    ],
  },
  {
    document: expanded,
    title: 'People and readiness',
    lines: [
      line('B12', 'Staff are trained in data protection and take refreshers.'),
      line('B13', 'A response team stands by and follows a process set beforehand.'),
    ],
  },
  {
    document: expanded,
    title: 'Retention and premises',
    lines: [
      line('B14', 'Data is kept only as long as needed, then deleted or anonymised.'),
      line('B15', 'Premises have biometric access control and surveillance around the clock.'),
    ],
  },
  {
    document: expanded,
    title: 'Continuous monitoring',
    lines: [line('B16', 'Systems are watched for anomalies, to act before harm is done.')],
  },
]

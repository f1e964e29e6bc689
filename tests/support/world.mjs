// SPDX-License-Identifier: Apache-2.0
// Names of the world that the sandbox starts with.
export const bank = { id: 'demo-bank', secret: 'demo-bank-sandbox-secret', key: 'DEMOBANK' };
export const insurer = { id: 'demo-insurer', secret: 'demo-insurer-sandbox-secret', key: 'DEMOINS' };
export const proactive = { id: 'proactive', secret: 'proactive-sandbox-secret', key: 'PROACTIVE' };
export const rescue = { id: 'rescue', secret: 'rescue-sandbox-secret', key: 'RESCUE' };
export const police = { id: 'police', secret: 'police-sandbox-secret', key: 'POLICE' };
export const gbdfl = { id: 'gbdfl', secret: 'gbdfl-sandbox-secret', key: 'GBDFL' };

export const persons = {
  abai: { iin: '450810100013', phone: '+77000000001', language: 'kk', surname: 'Құнанбаев' },
  dead: { iin: '351124100016', phone: '+77000000002' },
  ybyrai: { iin: '411020100014', phone: '+77000000003', language: 'ru', surname: 'Алтынсарин' },
  withoutPhone: { iin: '580201100019' },
  eighth: { iin: '820909200016', phone: '+77000000008', language: 'kk' },
  tenth: { iin: '880808200018', phone: '+77000000010', language: 'ru' },
  eleventh: { iin: '900101100014', phone: '+77000000011', language: 'kk' },
  twelfth: { iin: '951212200016', phone: '+77000000012', language: 'ru' },
  daughter: { iin: '991231200017', name: 'Дочь' }, // of the eighth
  // A right number of the nineteenth century that GBD FL does not know.
  unknown: { iin: '990101100020' },
};

export const purpose = 'loan-application';
export const service = 'GBDFLUniversal_token';
// Which no caller of the SOAP wire can choose from: all that the service gives.
export const allFields = ['iin', 'surname', 'name', 'patronymic', 'birthDate', 'gender', 'citizenship', 'lifeStatus', 'imprisonedStatus',
  'regAddress', 'personCapableStatus', 'missingStatus', 'documents', 'addresses'];
export const familyService = 'GBDFL_FamilyInfoToken';

export function details(overrides = {}) {
  return [
    {
      type: 'kz_personal_data',
      services: [service],
      purpose,
      fields: ['iin', 'surname', 'name', 'birthDate'],
      acts: ['collection', 'processing'],
      term: 'P30D',
      uses_max: 3,
      ...overrides,
    },
  ];
}

export function fromOffice( {

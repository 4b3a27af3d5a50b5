export interface Message {
  room: string;
  editedAt?: string;
}
